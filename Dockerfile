# syntax=docker/dockerfile:1
FROM python:3.11-slim

# The CPU build of torch: from PyPI alone, pip takes gigabytes of CUDA packages along.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PYTHONUNBUFFERED=1 \
    PIP_ROOT_USER_ACTION=ignore \
    QA_CORPUS=/var/lib/qa/corpus \
    QA_INDEX=/var/lib/qa/index \
    QA_FEEDBACK=/var/lib/qa/data/feedback.sqlite3 \
    QA_CACHE=/opt/qa/cache \
    QA_HOST=0.0.0.0 \
    QA_PORT=7860

WORKDIR /opt/qa
COPY pyproject.toml constraints.txt README.md LICENSE app.py ./
COPY qa qa
# Wheels only: a package that would have to be compiled stops the build here.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --only-binary :all: --constraint constraints.txt --extra-index-url "$TORCH_INDEX" --editable .

COPY corpus corpus
RUN useradd --system --user-group --uid 10001 --no-create-home --home-dir /nonexistent qa \
    && install --directory --owner=qa --group=qa cache /var/lib/qa /var/lib/qa/index /var/lib/qa/data \
    && cp --recursive corpus /var/lib/qa/corpus \
    && chown --recursive qa:qa /var/lib/qa/corpus

# By the user who will read it: the unpacked encoder's folder is closed to all others.
USER 10001
RUN ["python", "-c", "from qa.session import load_encoder; load_encoder()"]

VOLUME ["/var/lib/qa/corpus", "/var/lib/qa/index", "/var/lib/qa/data"]
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/health', timeout=4)"]
ENTRYPOINT ["qa"]
CMD ["serve"]
