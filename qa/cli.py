"""The ``qa`` command: results on standard output, progress and errors on standard error."""

import argparse
import contextlib
import datetime
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from qa import index as store
from qa import present
from qa.composed import Composer
from qa.corpus import list_documents, load_corpus, remove_documents
from qa.errors import QAError
from qa.feedback import FeedbackStore
from qa.index import Filters
from qa.session import SHIPPED_VECTORS, Session, build_index, load_encoder, load_engine, open_engine, open_session
from qa.settings import Settings
from qa.values import KINDS

AddCommand = Callable[[str, "Command", str], argparse.ArgumentParser]  # name, what runs it, what the help says
Command = Callable[[argparse.Namespace], int]  # runs with the options of the command line; returns the exit code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 for one of our errors, 2 for usage."""
    for stream in (sys.stdout, sys.stderr):
        as_utf8(stream)
    try:
        options = parse(arguments, Settings.read())
        run: Command = options.run
        return run(options)
    except QAError as error:
        print(f"qa: {present.one_line(str(error))}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"qa: {present.one_line(str(error))}", file=sys.stderr)
        return 2
    except MemoryError:
        print("qa: there is not enough memory; what was there is unchanged; close other programs", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def parse(arguments: Sequence[str] | None, settings: Settings) -> argparse.Namespace:
    """Return the options of a command; its ``settings`` hold the folders and the address that it names."""
    parser = argparse.ArgumentParser(prog="qa", description="Hỏi đáp có trích dẫn về cải cách hành chính.")
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--corpus", type=Path, default=settings.corpus, metavar="DIR", help="folder of the articles")
    folders.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the index")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[folders])
        command.set_defaults(run=run)
        return command

    add_index_commands(add)
    add_question_commands(add)
    add_corpus_commands(add)
    add_site_commands(add, settings)
    options = parser.parse_args(arguments)
    named = {name: value for name, value in vars(options).items() if name in ("corpus", "index", "host", "port")}
    options.settings = settings.model_copy(update=named)
    return options


def add_index_commands(add: AddCommand) -> None:
    build = add("build", run_build, "bring the index up to date with the corpus")
    build.add_argument("--full", action="store_true", help="embed every passage again")
    told = "take what qa embed wrote there"
    build.add_argument("--from", dest="joined", action="append", default=[], type=Path, metavar="DIR", help=told)
    embed = add("embed", run_embed, "embed one worker's share of the passages, for qa build --from")
    embed.add_argument("--worker", type=share, required=True, metavar="I/N", help="which of how many, 1/N to N/N")
    embed.add_argument("--full", action="store_true", help="for qa build --full: also what is known")
    embed.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the vectors")
    status = add("status", run_status, "what the live index holds")
    status.add_argument("--json", action="store_true", help="as a JSON object")
    add("verify", run_verify, "check every file of the live index against its hash")
    add("rollback", run_rollback, "make the previous generation live again")


def add_question_commands(add: AddCommand) -> None:
    for name, run, text in (("search", run_search, "ranked passages"), ("ask", run_ask, "a quoted answer")):
        command = add(name, run, f"{text} for a question; '-' reads one question a line")
        command.add_argument("question")
        command.add_argument("--json", action="store_true", help="one JSON object a question")
        command.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="published on this day or later")
        command.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="published on this day or before")
        command.add_argument("--kind", choices=KINDS, help="only documents of this kind")
        command.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="answer as of this day")
        if name == "search":
            command.add_argument("-k", type=int, default=5, help="how many passages (5)")
        else:
            command.add_argument(
                "--no-compose", action="store_true", help="quotes alone, though QA_LLM_URL names a model"
            )


def add_corpus_commands(add: AddCommand) -> None:
    take = add("add", run_add, "take files, folders and web addresses into the corpus")
    take.add_argument("sources", nargs="+", metavar="PATH_OR_URL")
    take.add_argument("--allow-private", action="store_true", help="also fetch from private and local addresses")
    remove = add("remove", run_remove, "take articles out of the corpus")
    remove.add_argument("ids", nargs="+", metavar="ID")
    add("list", run_list, "the corpus's articles, one a line")


def add_site_commands(add: AddCommand, settings: Settings) -> None:
    feedback = add("feedback", run_feedback, "what readers thought of the answers, newest first")
    feedback.add_argument("--json", action="store_true", help="one JSON object a feedback")
    feedback.add_argument("-n", type=int, default=20, help="how many (20)")
    measure = add("eval", run_eval, "measure retrieval and answers on a data set in BEIR layout")
    measure.add_argument("dataset", type=Path)
    measure.add_argument("--json", action="store_true", help="as a JSON object")
    serve = add("serve", run_serve, "the web page")
    serve.add_argument("--host", default=settings.host, help="address to listen on")
    serve.add_argument("--port", type=int, default=settings.port, help="port to listen on")


def day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from error


def share(text: str) -> store.Share:
    number, _, workers = text.partition("/")
    if not (number + workers).isdecimal() or not number or not 1 <= int(number) <= int(workers or 0):
        raise argparse.ArgumentTypeError(f"{text!r} names no worker; write I/N, of three 1/3, 2/3 and 3/3")
    return store.Share(int(number), int(workers))


@contextlib.contextmanager
def embedding_shown() -> Iterator[store.Progress]:
    with tqdm(desc="embedding", unit="passage", smoothing=0, file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def run_build(options: argparse.Namespace) -> int:
    with embedding_shown() as show:
        report = build_index(full=options.full, joined=options.joined, progress=show, settings=options.settings)
    tell_damaged(report.damaged)
    size = f"{report.documents} documents, {report.passages} passages"
    if report.changed:
        joined = f"{report.joined} from workers, " if options.joined else ""
        print(f"{report.generation} is live: {size} ({report.embedded} embedded, {joined}{report.reused} unchanged)")
    else:
        print(f"{report.generation} is up to date: {size}")
    return 0


def run_embed(options: argparse.Namespace) -> int:
    documents, encoder = load_corpus(options.corpus), load_encoder(options.settings)
    shipped = options.corpus / SHIPPED_VECTORS
    known = set[str]() if options.full else store.known_keys(options.index, encoder, shipped)
    with embedding_shown() as show:
        report = store.embed_share(documents, options.to, encoder, options.worker, known, show)
    tell_damaged(report.damaged)
    there = report.passages - report.embedded
    print(f"worker {options.worker}: {report.passages} passages ({report.embedded} embedded, {there} already there)")
    return 0


def tell_damaged(steps: Iterable[Path]) -> None:
    for step in steps:
        print(present.one_line(f"qa: {step} was cut short or altered; it was not used"), file=sys.stderr)


def run_add(options: argparse.Namespace) -> int:
    from qa import ingest  # its readers of formats take as long to import as a question to answer

    with tqdm(desc="reading", unit="document", file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int, source: str) -> None:
            bar.total = total
            bar.set_postfix_str(present.printable(source)[-40:], refresh=False)
            bar.update(done - bar.n)

        fetch = ingest.FetchSettings(allow_private=options.allow_private)
        report = ingest.take_in(options.sources, options.corpus, progress=show, fetch=fetch)
    print(*present.intake_lines(report), sep="\n")
    return 1 if report.refused else 0


def run_remove(options: argparse.Namespace) -> int:
    removals = remove_documents(options.ids, options.corpus)
    for removal in removals:
        outcome = "removed" if removal.path else f"not removed: {removal.reason}"
        print(present.one_line(f"{removal.document_id}: {outcome}"))
    return 0 if all(removal.path for removal in removals) else 1


def run_list(options: argparse.Namespace) -> int:
    for row in list_documents(options.corpus):
        print(
            *(present.one_line(str(part or "-")) for part in (row.id, row.published, row.kind, row.number, row.title)),
            sep="\t",
        )
    return 0


def run_ask(options: argparse.Namespace) -> int:
    composer = None if options.no_compose else Composer.of(options.settings)

    def show(session: Session, question: str) -> Iterable[str]:
        answer = session.ask(question, filters(options))
        answer = composer.compose(answer) if composer else answer
        return [present.to_json(present.answer_object(answer))] if options.json else present.answer_lines(answer)

    return answer_each(options, show)


def run_search(options: argparse.Namespace) -> int:
    def show(session: Session, question: str) -> Iterable[str]:
        found = session.find(question, options.k, filters(options))
        if options.json:
            return [present.to_json(present.search_object(question, found.query, found.hits))]
        return present.hit_lines(found.hits) if found.hits else ["Không có đoạn nào phù hợp."]

    return answer_each(options, show)


def answer_each(options: argparse.Namespace, show: Callable[[Session, str], Iterable[str]]) -> int:
    if options.question != "-" and not options.question.strip():
        raise ValueError("the question is empty; write it in quotes after the command")
    filters(options)
    session = open_session(settings=options.settings)
    failed = False
    questions: Iterable[str] = [options.question]
    if options.question == "-":
        as_utf8(sys.stdin)
        questions = sys.stdin
    for question in questions:
        try:
            print(*show(session, question.rstrip("\r\n")), sep="\n", flush=True)
        except ValueError as error:
            if options.question != "-":
                raise
            failed = True
            print(f"qa: {present.one_line(str(error))}", file=sys.stderr)
    return 1 if failed else 0


def as_utf8(stream: TextIO) -> None:
    """Read or write UTF-8 whatever the locale says; a stream that somebody put in place stays as it is."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")


def filters(options: argparse.Namespace) -> Filters:
    if getattr(options, "k", 1) < 1:
        raise ValueError(f"k is {options.k}; use 1 or more")
    return Filters(since=options.since, until=options.until, kind=options.kind, as_of=options.as_of)


def run_status(options: argparse.Namespace) -> int:
    manifest = store.read_manifest(options.index / store.live_name(options.index, open_engine(options.settings)))
    _, path = load_engine(options.settings)
    print_fields(present.status_object(manifest, path), as_json=options.json)
    return 0


def print_fields(fields: Mapping[str, object], *, as_json: bool) -> None:
    lines = (present.one_line(f"{name}: {value}") for name, value in fields.items())
    print(present.to_json(fields) if as_json else "\n".join(lines))


def run_verify(options: argparse.Namespace) -> int:
    engine = open_engine(options.settings)
    manifest = store.verify_live(options.index, engine)
    print(f"{manifest.generation} is whole: {len(manifest.files)} files have the hashes of their manifest")
    if engine:
        compared = store.verify_points(options.index / manifest.generation, manifest, engine)
        points = sum(manifest.collections.values())
        print(f"{compared} of {points} points in {', '.join(manifest.collections)} are as written")
    for name, whole in store.whole_others(options.index, engine).items():
        print(f"{name}, not live, {'is whole' if whole else 'cannot be used: qa rollback passes over it'}")
    return 0


def run_rollback(options: argparse.Namespace) -> int:
    print(f"{store.rollback(options.index, open_engine(options.settings))} is live again")
    return 0


def run_feedback(options: argparse.Namespace) -> int:
    if options.n < 1:
        raise ValueError(f"n is {options.n}; use 1 or more")
    kept = FeedbackStore(options.settings.feedback)
    feedbacks = kept.read(options.n)
    if options.json:
        lines = [present.to_json(present.feedback_object(feedback)) for feedback in feedbacks]
    else:
        lines = list(present.feedback_lines(feedbacks, kept.count()))
    print("".join(f"{line}\n" for line in lines), end="")
    return 0


def run_eval(options: argparse.Namespace) -> int:
    from qa.evaluate import Quality, evaluate, write_quality  # imports sklearn

    with tqdm(file=sys.stderr, disable=None, leave=False) as bar:

        def show(stage: str, done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.set_description(stage)

        encoder = load_encoder(options.settings)
        measured = evaluate(options.dataset, encoder, options.settings.cache, show)
    rounded = {name: round(value, 4) for name, value in measured.items()}
    print_fields(rounded, as_json=options.json)
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    write_quality(options.index, Quality(options.dataset.resolve().name, now, encoder.name, rounded))
    return 0


def run_serve(options: argparse.Namespace) -> int:
    from qa.web import serve  # gradio takes seconds to import, and only this command needs it

    serve(options.settings)
    return 0
