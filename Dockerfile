# A API, as mensagens e a migração são a mesma imagem; o que muda é o comando.
# A etiqueta é a da linha do Python; quem publica passa BASE=python:3.12-slim@sha256:… com o resumo
# que obteve, e vale nas duas etapas.
ARG BASE=python:3.12-slim


FROM ${BASE} AS montagem
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 SOURCE_DATE_EPOCH=1577836800
WORKDIR /montagem

COPY requirements-montagem.lock ./
RUN python -m venv ferramentas \
 && ferramentas/bin/pip install --require-hashes --only-binary :all: -r requirements-montagem.lock

# Com o ddtrace: são 45 MB, já compilado, e assim o rastro se liga sem outra imagem.
COPY requirements-imagem.lock ./
RUN python -m venv --without-pip /oficina \
 && ferramentas/bin/pip --python /oficina/bin/python install \
      --require-hashes --only-binary :all: -r requirements-imagem.lock

COPY pyproject.toml ./
COPY oficina_core ./oficina_core
COPY oficina_cli ./oficina_cli
COPY oficina_api ./oficina_api
RUN ferramentas/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir roda . \
 && ferramentas/bin/pip --python /oficina/bin/python install \
      --no-deps --no-index --find-links roda oficina \
 && ferramentas/bin/cyclonedx-py environment /oficina/bin/python \
      --pyproject pyproject.toml --mc-type application --output-reproducible \
      --output-file /oficina/sbom.cdx.json

# Nada se grava ao rodar: o compilado já vai pronto, e vale qualquer que seja a data do arquivo.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /oficina/lib


FROM ${BASE}
ARG BASE
ENV PATH=/oficina/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/nonexistent \
    XDG_STATE_HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1

# A biblioteca do Python também: a base a traz só em texto, e se compilaria a cada partida.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash \
      -x '/(ensurepip|idlelib|lib2to3|site-packages|test|tkinter|turtledemo)/' \
      "$(python -c 'import os; print(os.path.dirname(os.__file__))')"

COPY --from=montagem /oficina /oficina
WORKDIR /oficina
USER 10001:10001
EXPOSE 8000 9090

# Fala com a vida, que não pergunta ao banco, e carrega só o soquete.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-I", "-S", "-c", "from socket import create_connection; s = create_connection(('127.0.0.1', 8000), 2); s.send(b'GET /health/live HTTP/1.0\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]

ENTRYPOINT ["oficina"]
CMD ["api", "servir", "--host", "0.0.0.0"]

# Por último, para que só elas mudem de uma construção a outra.
ARG VERSAO=0.1.0
ARG REVISAO=
ARG CRIADA=
ARG ORIGEM=
LABEL org.opencontainers.image.title="oficina" \
      org.opencontainers.image.description="Gestão de oficina mecânica: terminal, tela cheia e API." \
      org.opencontainers.image.version="${VERSAO}" \
      org.opencontainers.image.revision="${REVISAO}" \
      org.opencontainers.image.created="${CRIADA}" \
      org.opencontainers.image.source="${ORIGEM}" \
      org.opencontainers.image.base.name="${BASE}"
