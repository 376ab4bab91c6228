"""The ``qa`` command: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from qa import index as store
from qa import ingest
from qa.corpus import list_documents, remove_documents
from qa.errors import QAError
from qa.evaluate import Quality, evaluate, write_quality
from qa.feedback import FeedbackStore
from qa.present import render
from qa.retrieval import Filters
from qa.session import Session, build_index, load_encoder, open_session
from qa.settings import settings
from qa.values import KINDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 for one of our errors, 2 for usage."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        options = parse(arguments)
        return options.run(options)
    except QAError as error:
        print(f"qa: {render.one_line(str(error))}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"qa: {render.one_line(str(error))}", file=sys.stderr)
        return 2
    except MemoryError:
        print("qa: there is not enough memory; what was there is unchanged; close other programs", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="qa", description="Hỏi đáp có trích dẫn về cải cách hành chính.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    build = add(commands, "build", run_build, "bring the index up to date with the corpus")
    build.add_argument("--full", action="store_true", help="embed every passage again")
    for name, run, text in (("search", run_search, "ranked passages"), ("ask", run_ask, "a quoted answer")):
        command = add(commands, name, run, f"{text} for a question; '-' reads one question a line")
        command.add_argument("question")
        command.add_argument("--json", action="store_true", help="one JSON object a question")
        command.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="published on this day or later")
        command.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="published on this day or before")
        command.add_argument("--kind", choices=KINDS, help="only documents of this kind")
        command.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="answer as of this day")
        if name == "search":
            command.add_argument("-k", type=int, default=5, help="how many passages (5)")
    take = add(commands, "add", run_add, "take files, folders and web addresses into the corpus")
    take.add_argument("sources", nargs="+", metavar="PATH_OR_URL")
    take.add_argument("--allow-private", action="store_true", help="also fetch from private and local addresses")
    remove = add(commands, "remove", run_remove, "take articles out of the corpus")
    remove.add_argument("ids", nargs="+", metavar="ID")
    add(commands, "list", run_list, "the corpus's articles, one a line")
    status = add(commands, "status", run_status, "what the live index holds")
    status.add_argument("--json", action="store_true", help="as a JSON object")
    add(commands, "verify", run_verify, "check every file of the live index against its hash")
    add(commands, "rollback", run_rollback, "make the previous generation live again")
    feedback = add(commands, "feedback", run_feedback, "what readers thought of the answers, newest first")
    feedback.add_argument("--json", action="store_true", help="one JSON object a feedback")
    feedback.add_argument("-n", type=int, default=20, help="how many (20)")
    measure = add(commands, "eval", run_eval, "measure retrieval and answers on a data set in BEIR layout")
    measure.add_argument("dataset", type=Path)
    measure.add_argument("--json", action="store_true", help="as a JSON object")
    serve = add(commands, "serve", run_serve, "the web page")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    return parser.parse_args(arguments)


def add(commands, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--corpus", type=Path, default=settings().corpus, metavar="DIR", help="folder of the articles")
    command.add_argument("--index", type=Path, default=settings().index, metavar="DIR", help="folder of the index")
    command.set_defaults(run=run)
    return command


def day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from error


def run_build(options: argparse.Namespace) -> int:
    with tqdm(desc="embedding", unit="passage", file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = build_index(options.corpus, options.index, full=options.full, progress=show)
    if not report.changed:
        print(f"{report.generation} is up to date: {report.documents} documents, {report.passages} passages")
        return 0
    print(
        f"{report.generation} is live: {report.documents} documents, {report.passages} passages "
        f"({report.embedded} embedded, {report.reused} unchanged)"
    )
    return 0


def run_add(options: argparse.Namespace) -> int:
    with tqdm(desc="reading", unit="document", file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int, source: str) -> None:
            bar.total = total
            bar.set_postfix_str(render.printable(source)[-40:], refresh=False)
            bar.update(done - bar.n)

        fetch = ingest.FetchSettings(allow_private=options.allow_private)
        report = ingest.take_in(options.sources, options.corpus, progress=show, fetch=fetch)
    print(*render.intake_lines(report), sep="\n")
    return 1 if report.refused else 0


def run_remove(options: argparse.Namespace) -> int:
    removals = remove_documents(options.ids, options.corpus)
    for removal in removals:
        outcome = "removed" if removal.path else f"not removed: {removal.reason}"
        print(render.one_line(f"{removal.document_id}: {outcome}"))
    return 0 if all(removal.path for removal in removals) else 1


def run_list(options: argparse.Namespace) -> int:
    for row in list_documents(options.corpus):
        print(
            *(render.one_line(str(part or "-")) for part in (row.id, row.published, row.kind, row.number, row.title)),
            sep="\t",
        )
    return 0


def run_ask(options: argparse.Namespace) -> int:
    def show(session: Session, question: str) -> Iterable[str]:
        answer = session.ask(question, filters(options))
        return [render.to_json(render.answer_object(answer))] if options.json else render.answer_lines(answer)

    return answer_each(options, show)


def run_search(options: argparse.Namespace) -> int:
    def show(session: Session, question: str) -> Iterable[str]:
        hits = session.search(question, options.k, filters(options))
        if options.json:
            return [render.to_json(render.search_object(question, session.understand(question), hits))]
        return render.hit_lines(hits) if hits else ["Không có đoạn nào phù hợp."]

    return answer_each(options, show)


def answer_each(options: argparse.Namespace, show: Callable[[Session, str], Iterable[str]]) -> int:
    if options.question != "-" and not options.question.strip():
        raise ValueError("the question is empty; write it in quotes after the command")
    filters(options)
    session = open_session(options.index)
    failed = False
    for question in standard_input() if options.question == "-" else [options.question]:
        try:
            print(*show(session, question.rstrip("\r\n")), sep="\n", flush=True)
        except ValueError as error:
            if options.question != "-":
                raise
            failed = True
            print(f"qa: {render.one_line(str(error))}", file=sys.stderr)
    return 1 if failed else 0


def standard_input() -> Iterable[str]:
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


def filters(options: argparse.Namespace) -> Filters:
    if getattr(options, "k", 1) < 1:
        raise ValueError(f"k is {options.k}; use 1 or more")
    return Filters(since=options.since, until=options.until, kind=options.kind, as_of=options.as_of)


def run_status(options: argparse.Namespace) -> int:
    manifest = store.read_manifest(options.index / store.read_current(options.index))
    status = render.status_object(manifest)
    print(
        render.to_json(status)
        if options.json
        else "\n".join(render.one_line(f"{name}: {value}") for name, value in status.items())
    )
    return 0


def run_verify(options: argparse.Namespace) -> int:
    manifest = store.verify_live(options.index)
    print(f"{manifest.generation} is whole: {len(manifest.files)} files have the hashes of their manifest")
    for name, whole in store.whole_others(options.index).items():
        print(f"{name}, not live, {'is whole' if whole else 'cannot be used: qa rollback passes over it'}")
    return 0


def run_rollback(options: argparse.Namespace) -> int:
    print(f"{store.rollback(options.index)} is live again")
    return 0


def run_feedback(options: argparse.Namespace) -> int:
    if options.n < 1:
        raise ValueError(f"n is {options.n}; use 1 or more")
    kept = FeedbackStore(settings().feedback)
    feedbacks = kept.read(options.n)
    if options.json:
        lines = [render.to_json(render.feedback_object(feedback)) for feedback in feedbacks]
    else:
        lines = list(render.feedback_lines(feedbacks, kept.count()))
    print("".join(f"{line}\n" for line in lines), end="")
    return 0


def run_eval(options: argparse.Namespace) -> int:
    with tqdm(file=sys.stderr, disable=None, leave=False) as bar:

        def show(stage: str, done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.set_description(stage)

        encoder = load_encoder()
        metrics = evaluate(options.dataset, encoder, settings().cache, show)
    rounded = {name: round(value, 4) for name, value in metrics.values.items()}
    print(render.to_json(rounded) if options.json else "\n".join(f"{name}: {value}" for name, value in rounded.items()))
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    write_quality(options.index, Quality(options.dataset.resolve().name, now, encoder.name, rounded))
    return 0


def run_serve(options: argparse.Namespace) -> int:
    from qa.web import serve  # gradio takes seconds to import, and only this command needs it

    serve(options.index, host=options.host or settings().host, port=options.port or settings().port)
    return 0
