"""The yardstick: python-telegram-bot as its first example shows it, nothing durable, one answer.

`python -m tests.benchmarks.echo_bot ROOT [CONCURRENT]`
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

TOKEN = "123456:" + "A" * 35


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


def main() -> None:
    root, concurrent = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    builder = Application.builder().token(TOKEN).base_url(f"{root}/bot")
    if concurrent:
        builder = builder.concurrent_updates(concurrent)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
