"""New answers without a restart: the zone's own content in the data folder, taken at SIGHUP."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.support.assistant import Assistant, running_assistant, talk

OWN = """\
- id: minimum-age
  topic: conditions
  tracks: [uniform]
  owner: recruitment
  checked_on: 2026-11-20
  sources:
    - url: https://www.jobpol.be/nl/jobs-in-uniform/agent
      checked_on: 2026-11-20
  languages:
    nl:
      question: Hoe oud moet ik zijn?
      phrasings: ["hoe oud moet je zijn", "minimumleeftijd", "vanaf welke leeftijd",
        "ben ik te jong", "hoe jong mag ik zijn", "mag ik op mijn zeventiende"]
      answer: "{answer}"
"""


async def answer(assistant: Assistant) -> str:
    an = await talk(assistant)
    text: str = (await an.types("Hoe oud moet ik zijn?"))["text"]
    return text


def write(assistant: Assistant, content: str) -> Path:
    file = assistant.bot.data / "faq" / "content" / "own.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


async def test_an_answer_of_the_zone_is_taken_and_a_broken_one_refused(tmp_path: Path) -> None:
    async with running_assistant(tmp_path) as assistant:
        shipped = await answer(assistant)

        write(assistant, OWN.replace("{answer}", "In Aalst vertellen we je dat graag zelf."))
        taken = await assistant.command("reload")
        own = await answer(assistant)

        file = write(assistant, OWN.replace("{answer}", "Anders") + "      wrong: yes\n")
        refused = await assistant.command("reload")
        after_broken = await answer(assistant)
        write(assistant, OWN.replace("{answer}", "Je moet <b>17 zijn."))
        unsendable = await assistant.command("reload")
        write(assistant, OWN.replace("{answer}", "Anders") + "      wrong: yes\n")
        assert assistant.bot.process is not None
        assistant.bot.process.send_signal(signal.SIGHUP)
        await assistant.logs("reload refused", times=3)
        after_signal = await answer(assistant)

    assert "minstens 17 jaar" in shipped
    assert taken == (0, "The new content is in use.\n")
    assert "In Aalst vertellen we je dat graag zelf." in own
    assert refused[0] == 1
    assert f"{file}:" in refused[1]
    assert "the old content stays in use" in refused[1]
    assert unsendable[0] == 1
    assert f"{file}:" in unsendable[1]
    assert after_broken == after_signal == own


async def test_what_is_broken_at_the_start_is_told_with_its_line(tmp_path: Path) -> None:
    async with running_assistant(tmp_path) as assistant:
        file = write(assistant, "- id: minimum-age\n  topic: [\n")
        await assistant.bot.kill()
        await assistant.bot.start()
        code = await assistant.bot.exit_code()

    assert code != 0
    assert f"{file}:" in assistant.bot.log
    assert "Contactpunt does not start with this." in assistant.bot.log
