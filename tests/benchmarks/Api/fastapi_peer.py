"""The same three paths with the same middleware in FastAPI: request id, response headers, request metrics."""

import time
import uuid

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest

app = FastAPI()
DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Duration of HTTP server requests.",
    ["http_request_method", "http_route", "http_response_status_code"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)
PROBES = {"/health/live", "/metrics"}

# As many series as the sample API holds in the same run.
for route in ("/api/items", "/api/items/{id}", "/api/info", "/echo", "", "/demo/slow", "/demo/error", "/api/version"):
    DURATION.labels("GET", route, 200)


@app.middleware("http")
async def frame(request: Request, call_next):
    start = time.perf_counter()
    response = await call_next(request)
    elapsed = time.perf_counter() - start
    response.headers["X-Request-ID"] = request.headers.get("X-Request-ID") or uuid.uuid4().hex
    response.headers["X-Version"] = "v1"
    response.headers["X-Pod"] = "peer"
    response.headers["X-Response-Time"] = f"{elapsed * 1000:.1f}ms"
    if request.url.path not in PROBES:
        DURATION.labels(request.method, request.url.path, response.status_code).observe(elapsed)
    return response


@app.get("/health/live")
async def live():
    return Response("ok\n", media_type="text/plain")


@app.get("/api/version")
async def version():
    return {"version": "v1", "buildNumber": "", "commit": "", "buildDate": "", "environment": "production"}


@app.get("/metrics")
async def metrics():
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
