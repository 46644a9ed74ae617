ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
RUN python -m venv /opt/venv
COPY requirements.lock /src/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements.lock
COPY app /opt/lab/app
COPY engine /opt/lab/engine
COPY static /opt/lab/static
COPY templates /opt/lab/templates
WORKDIR /opt/lab
RUN /opt/venv/bin/python -m compileall -q app engine \
 && BACKPROP_LAB_CACHE=/opt/lab/.cache /opt/venv/bin/python -c "from app.assets import prepare; prepare()" \
 && chmod -R a+rX /opt/lab

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 \
    BACKPROP_LAB_HOST=0.0.0.0 BACKPROP_LAB_PORT=8000 BACKPROP_LAB_CACHE=/opt/lab/.cache BACKPROP_LAB_DATA=/data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/lab /opt/lab
RUN mkdir -m 700 /data && chown 10001:10001 /data
WORKDIR /opt/lab
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=15s CMD ["python", "-m", "app", "health"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve", "--no-browser"]
