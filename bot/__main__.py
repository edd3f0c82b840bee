"""The command line: `contactpunt …`, the same as `python -m bot …`."""

import asyncio
import gc
import re
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from bot import logs
from bot.config import Settings, WrongConfiguration, load_settings
from bot.exits import Exit

if TYPE_CHECKING:
    from bot.loading import Loaded

T = TypeVar("T")

app = typer.Typer(
    help="Contactpunt: an assistant on Telegram for people who think about a job with the police.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
database = typer.Typer(help="The database.", no_args_is_help=True)
privacy = typer.Typer(help="What is kept about people.", no_args_is_help=True)
unanswered = typer.Typer(invoke_without_command=True)
answers = typer.Typer(help="The answers.", no_args_is_help=True)
sessions = typer.Typer(help="Info sessions.", no_args_is_help=True)
staff = typer.Typer(help="Colleagues and their roles.", no_args_is_help=True)
audit = typer.Typer(help="Who did or read what.", no_args_is_help=True)
app.add_typer(answers, name="faq")
app.add_typer(audit, name="audit")
app.add_typer(database, name="db")
app.add_typer(privacy, name="privacy")
app.add_typer(sessions, name="sessions")
app.add_typer(staff, name="staff")
app.add_typer(unanswered, name="unanswered")


@app.command()
def run() -> None:
    """Run on Telegram, until Ctrl-C or SIGTERM."""
    gc.disable()  # nothing of the start is garbage; `bot.run` turns it on when all is ready
    settings = _settings(token_needed=True)

    from bot.run import main

    raise typer.Exit(main(settings))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Another one is taken when it is in use.")] = 8081,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".demo"),
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Chat with the assistant in a page of your browser; needs no token."""
    from bot.demo import main

    raise typer.Exit(main(port, data, browser=browser))


@app.command()
def check(
    quiet: Annotated[bool, typer.Option("--quiet", help="Leave the warnings out.")] = False,
) -> None:
    """Name every missing or wrong setting, text and answer; exits with 1 when there is one."""
    from bot.checking import main

    raise typer.Exit(main(quiet=quiet))


@app.command()
def reload() -> None:
    """Have the running Contactpunt take new content, texts and zone; the old stay when wrong."""
    from bot import reloading

    settings = _settings()
    try:
        outcome = reloading.ask(settings.data)
    except reloading.NotRunning:
        _fail(f"Contactpunt is not running with the data folder {settings.data}.")
    except reloading.NoAnswer:
        _fail("Contactpunt runs, but did not answer; its log says more.")
    for problem in outcome.problems:
        typer.echo(problem)
    if outcome.problems:
        _fail("Nothing was changed: the old content stays in use.")
    typer.echo("The new content is in use.")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="As a candidate would type it.")],
    lang: Annotated[str, typer.Option(help="The person's language.")] = "nl",
    context: Annotated[str | None, typer.Option(help="The entry answered just before.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show why.")] = False,
) -> None:
    """Ask the answers something, without Telegram."""
    from bot import reports

    reports.explain(_loaded(_settings()), question, lang, context, why=explain)


@unanswered.callback()
def list_unanswered(context: typer.Context) -> None:
    """Show the questions nobody answered, grouped and numbered, as cases for `faq/cases`."""
    if context.invoked_subcommand is not None:
        return
    from bot import reports

    settings = _settings()
    loaded = _loaded(settings)
    settings.made_data_folder()
    cases = _with_storage(lambda: reports.cases_of_unanswered(settings, loaded))
    typer.echo(cases or "# Nothing was left unanswered in the last 90 days.", nl=not cases)


@unanswered.command("accept")
def accept(
    question: Annotated[str, typer.Argument(help="Its number in the list, or the text itself.")],
    entry: Annotated[str, typer.Argument(help="The entry that answers it.")],
    language: Annotated[str | None, typer.Option(help="Default: that of the question.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even if others get worse.")] = False,
) -> None:
    """Have an entry answer a question from now on; first see what that changes elsewhere."""
    from bot import learning

    settings = _settings()
    loaded = _loaded(settings)
    settings.made_data_folder()
    try:
        proposal = _with_storage(
            lambda: learning.propose(settings, loaded, question, entry, language)
        )
        typer.echo(f"{proposal.learned.phrasing!r} ({proposal.learned.language}) → {entry}")
        typer.echo(learning.told(proposal.effects))
        if proposal.effects.harm and not anyway:
            _fail("Nothing was taken in: others would get worse. With --anyway it is.")
        if not yes and not typer.confirm("Take it in?"):
            _fail("Nothing was taken in.")
        _with_storage(lambda: learning.accept(settings, loaded, proposal))
    except learning.CannotLearn as reason:
        _fail(f"Nothing was taken in: {reason}.")
    typer.echo("Taken in; `contactpunt reload` takes it in use, `unanswered undo` takes it back.")


@unanswered.command("undo")
def undo() -> None:
    """Take back the question that was taken in last; it is unanswered again."""
    from bot import learning

    settings = _settings()
    loaded = _loaded(settings)
    try:
        last = _with_storage(lambda: learning.undo(settings, loaded))
    except learning.CannotLearn as reason:
        _fail(f"Nothing was taken back: {reason}.")
    typer.echo(f"Taken back: {last.phrasing!r}, which {last.entry} answered. Reload to stop it.")


@app.command()
def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="Default: the folder backups in the data folder.")
    ] = None,
) -> None:
    """Write a backup of the database into one file; it stays in use meanwhile."""
    from bot.storage.backup import BackupTrouble
    from bot.storage.backup import backup as make

    settings = _settings()
    if settings.key_for_backups is None:
        typer.echo("CONTACTPUNT_BACKUP_KEY is not set: the backup is not encrypted.", err=True)
    try:
        target = folder or settings.backups
        made = asyncio.run(make(settings.database_url, target, settings.key_for_backups))
    except BackupTrouble as trouble:
        _fail(f"No backup was made: {trouble}.")
    typer.echo(str(made))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `contactpunt backup` wrote.")],
) -> None:
    """Put a backup in the place of the database; stop Contactpunt first."""
    from bot import reloading
    from bot.privacy import after_restore
    from bot.storage.backup import BackupTrouble
    from bot.storage.backup import restore as put_back
    from bot.storage.ledger import Ledger

    settings = _settings()
    data = settings.made_data_folder()
    if reloading.is_running(data):
        _fail("Contactpunt is running with this database: stop it first.")
    try:
        _with_storage(
            lambda: put_back(
                file,
                settings.database_url,
                settings.key_for_backups,
                afterwards=after_restore(Ledger(data)),
            )
        )
    except BackupTrouble as trouble:
        _fail(f"Nothing was restored: {trouble}.")
    typer.echo("Restored. Who was erased since that backup is erased again.")
    typer.echo("A role that ended since is back: look at `contactpunt staff list`.")


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to the tables of this version; `run` does so by itself."""
    from bot.storage.backup import BackupTrouble
    from bot.storage.backup import backup as make
    from bot.storage.migrate import upgrade as migrate

    settings = _settings()

    async def backup_first() -> None:
        await make(settings.database_url, settings.backups, settings.key_for_backups)

    settings.made_data_folder()
    try:
        changed = _with_storage(lambda: migrate(settings.database_url, backup_first))
    except BackupTrouble as trouble:
        _fail(f"No backup could be made, so nothing was changed: {trouble}.")
    typer.echo("The database was brought up to date." if changed else "It is up to date.")


@answers.command("site")
def site(
    folder: Annotated[Path, typer.Argument(help="Where the pages go; made when missing.")],
    bot: Annotated[str, typer.Option(help="The bot's name on Telegram, to link to it.")] = "",
) -> None:
    """Write all answers as web pages that need no server, one per language."""
    from bot.clock import utc_now
    from bot.loading import readable
    from bot.questions.answers import Answers
    from bot.site import build

    if bot and not re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{4,31}", bot):
        _fail(f"{bot!r} is not a name of a bot, such as PolitieAalstBot.")
    try:
        zone, texts, content = readable(_settings())
    except WrongConfiguration as wrong:
        _refuse(wrong)
    try:
        pages = build(folder, Answers(content, zone, utc_now), texts, utc_now, bot)
    except OSError as trouble:
        _fail(f"The pages could not be written: {trouble.strerror} ({trouble.filename}).")
    typer.echo(f"{len(content.entries)} answers: {', '.join(str(page) for page in pages)}")


@privacy.command("inventory")
def inventory() -> None:
    """List every column: about whom, for what, for how long, what erasing does."""
    from bot import reports

    reports.inventory()


@sessions.command("import")
def import_sessions(
    file: Annotated[Path, typer.Argument(help="README shows what stands in it.")],
    go: Annotated[bool, typer.Option("--go", help="Make the drafts.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Make and publish them.")] = False,
) -> None:
    """Plan info sessions from a file; without --go or --publish only show what would be made."""
    from bot import session_files
    from bot.info_sessions.plan import BadPlan

    settings = _settings()
    settings.made_data_folder()
    try:
        if go or publish:
            outcomes, members = _with_storage(
                lambda: session_files.bring_in(settings, file, publish=publish)
            )
            typer.echo(session_files.told(outcomes, members, publish=publish))
        else:
            found = _with_storage(lambda: session_files.proposed(settings, file))
            typer.echo(session_files.foretold(found))
    except WrongConfiguration as wrong:
        _refuse(wrong)
    except BadPlan as bad:
        _fail(f"Nothing was changed: {bad.parameters['what']} of a draft cannot be any more.")


@sessions.command("list")
def list_sessions() -> None:
    """List the info sessions of the last month and to come, with how full they are."""
    from bot import session_files

    settings = _settings()
    settings.made_data_folder()
    found = _with_storage(lambda: session_files.listed(settings))
    if not found:
        _fail("No info session is planned: contactpunt sessions import FILE.yaml")
    session_files.show(found)


@staff.command("invite")
def invite(
    role: Annotated[str, typer.Option(help="coordinator, editor, session_lead …")],
    name: Annotated[str, typer.Option(help="Who is meant, as colleagues call them.")] = "Collega",
    ends: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the role ends.")
    ] = None,
) -> None:
    """Invite a colleague; prints a link that works once, for 24 hours."""
    from bot import colleagues

    settings = _settings()
    settings.made_data_folder()
    ends_on = None if ends is None else ends.date()
    try:
        made = _with_storage(lambda: colleagues.invite(settings, role, name, ends_on))
    except colleagues.Refused as reason:
        _fail(f"Nobody was invited: {reason}.")
    bot = asyncio.run(colleagues.name_of_the_bot(settings))
    typer.echo(colleagues.told(made, bot))


@staff.command("list")
def list_staff() -> None:
    """List who has which role today, until when, and who is away."""
    from bot import colleagues

    settings = _settings()
    settings.made_data_folder()
    found = _with_storage(lambda: colleagues.everybody(settings))
    if not found:
        _fail("Nobody has a role yet: contactpunt staff invite --role coordinator --name …")
    colleagues.show(found)


@staff.command("revoke")
def revoke(
    number: Annotated[int, typer.Argument(help="Their number in the list.")],
    role: Annotated[str | None, typer.Option(help="Default: all their roles.")] = None,
) -> None:
    """End a role; it stops working at the next tap."""
    from bot import colleagues

    settings = _settings()
    settings.made_data_folder()
    try:
        ended = _with_storage(lambda: colleagues.revoke(settings, number, role))
    except colleagues.Refused as reason:
        _fail(f"Nothing was changed: {reason}.")
    if not ended:
        _fail("Nothing was changed: they have no such role.")
    typer.echo("It has ended." if ended == 1 else f"{ended} roles have ended.")


@audit.command("verify")
def verify() -> None:
    """Find out whether the audit trail is what was written; exits with 1 when it is not."""
    from bot import colleagues

    settings = _settings()
    settings.made_data_folder()
    broken = _with_storage(lambda: colleagues.verify(settings))
    if broken is not None:
        _fail(colleagues.FAULTS[broken.fault].format(number=broken.number))
    typer.echo("The audit trail is whole.")


@audit.command("show")
def show(
    last: Annotated[int, typer.Option(min=1, help="How many entries.")] = 50,
) -> None:
    """Show the newest entries of the audit trail; that you looked is one of them."""
    from bot import colleagues

    settings = _settings()
    settings.made_data_folder()
    colleagues.show_trail(_with_storage(lambda: colleagues.newest(settings, last)))


def _settings(*, token_needed: bool = False) -> Settings:
    try:
        settings = load_settings(token_needed=token_needed)
    except WrongConfiguration as wrong:
        _refuse(wrong)
    logs.configure("warning", hide=settings.secrets)
    return settings


def _loaded(settings: Settings) -> "Loaded":
    from bot.loading import load

    try:
        return load(settings)
    except WrongConfiguration as wrong:
        _refuse(wrong)


def _with_storage(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    from bot.errors import StorageTrouble
    from bot.storage.migrate import NewerDatabase

    try:
        return asyncio.run(work())
    except NewerDatabase as newer:
        _fail(f"{newer}: install the newer version of Contactpunt.", Exit.NEWER_DATABASE)
    except StorageTrouble as trouble:
        _fail(f"The database cannot be used now: {trouble}.", Exit.DATABASE_UNUSABLE)


def _refuse(wrong: WrongConfiguration) -> NoReturn:
    for problem in wrong.problems:
        typer.echo(str(problem), err=True)
    raise typer.Exit(Exit.WRONG_CONFIGURATION)


def _fail(sentence: str, exit_: Exit = Exit.PROBLEMS) -> NoReturn:
    typer.echo(logs.redact(sentence), err=True)
    raise typer.Exit(exit_)


if __name__ == "__main__":
    sys.exit(app(prog_name="contactpunt"))
