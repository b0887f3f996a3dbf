"""The seam of Lambda: the emulator's function that runs Python code gives way to our workers."""

import hashlib
import io
import json
import logging
import os
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.functions.forks import Forks, Order, Process, can_fork, spawn
from local.emulator.functions.packages import POWERTOOLS_LAYER, has_runtime_client, link_packages
from local.emulator.functions.pool import Pool, Throttled
from local.emulator.functions.worker import Code, Outcome
from local.faults import deliveries
from local.faults.injector import injector

logger = logging.getLogger("local.emulator.functions")

_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_REKOGNITION", "AWS_ENDPOINT_URL_MEDIACONVERT")


class Functions:
    """Unpacks deployed code and runs it."""

    def __init__(self, state_dir: Path, forks: Forks | None) -> None:
        """Prepare the directories; ``forks`` is what ``start_seed`` returned."""
        from ministack.core import lambda_runtime  # noqa: PLC0415  (configured before import)
        from ministack.services import lambda_svc  # noqa: PLC0415

        self._emulator: Any = lambda_svc
        self._credentials: Any = lambda_runtime.execution_credentials
        self._root = state_dir / "functions"
        self._log_file = state_dir / "logs" / "functions.log"
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._packages = link_packages(self._root / "runtime")
        self._faults = injector()
        self._forks = forks
        self.pool = Pool(start=self._start)

    def close(self) -> None:
        """End every idle worker and start none."""
        self.pool.close()
        if self._forks is not None:
            self._forks.close()

    def prepare(self, function: str) -> None:
        """Have a warm worker for a function, given by its name or ARN; an unknown one is none of ours."""
        found, config, _ = self._emulator._get_func_record_for_ref(function)
        if not found or not config:
            return
        record = self._emulator._execution_record_for_config(found, config)
        self.pool.prepare(*self._named_code(record))

    def wakers(self) -> list[str]:
        """The functions that queues and streams call."""
        return [str(mapping["FunctionArn"]) for mapping in self._emulator._esms.values()]

    def _start(self, order: Order, output: int) -> Process:
        if self._forks is not None:
            try:
                return self._forks.start(order, output)
            except OSError as error:
                logger.warning("Workers are started without a fork from now on: %s", error)
                self._forks = None
        return spawn(order, output)

    def execute(self, record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """Run one invocation; stands in for the emulator's ``_execute_function_warm``."""
        if self._faults is None:
            return self._run(record, event, request_id)
        name = (record.get("config") or record)["FunctionName"]
        return deliveries.invocation(
            self._faults,
            name,
            lambda: self._run(record, event, request_id),
            lambda: self._throttled(f"no concurrency is left for {name}"),
        )

    def _run(self, record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        config = record.get("config") or record
        payload = json.dumps(event, ensure_ascii=False).encode()
        try:
            name, code = self._named_code(record)
            with self.pool.worker(name, code) as worker:
                outcome = worker.invoke(payload, request_id)
        except Throttled:
            return self._throttled(f"no worker became free for {config['FunctionName']}")
        self._write_log(config["FunctionName"], request_id, outcome)
        if outcome.failed:
            return {"body": outcome.body, "error": True, "log": outcome.log}
        return {"body": outcome.body, "log": outcome.log}

    def _named_code(self, record: dict[str, Any]) -> tuple[str, Code]:
        config = record.get("config") or record
        name = f"{config['FunctionArn']}:{config.get('Version', '$LATEST')}"
        return name, self._code(config, record.get("code_zip"))

    def _throttled(self, why: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._emulator._throttle_response(
            reason_code="ConcurrentInvocationLimitExceeded", msg=f"Rate Exceeded: {why}"
        )
        return answer

    def _write_log(self, name: str, request_id: str, outcome: Outcome) -> None:
        """Keep what functions print where a person can follow it; CloudWatch Logs has it too."""
        lines = [f"{name} {request_id} {line}\n" for line in outcome.log.splitlines()]
        if lines:
            with self._lock, self._log_file.open("a", encoding="utf-8") as log:
                log.writelines(lines)

    def _code(self, config: dict[str, Any], archive: bytes | None) -> Code:
        if not str(config.get("Runtime", "")).startswith("python"):
            raise RuntimeError(f"The runtime {config.get('Runtime')!r} is not supported here, only Python.")
        if archive is None:
            raise RuntimeError(f"{config['FunctionName']} has no code.")
        task = self._unpacked(archive)
        layers = [self._unpacked(layer) / "python" for layer in self._layers(config)]
        if has_runtime_client():
            runtime: tuple[str, ...] = ("-m", "awslambdaric")
        else:
            runtime = (str(Path(__file__).with_name("bootstrap.py")),)
        return Code(
            arn=config["FunctionArn"],
            handler=config["Handler"],
            timeout=float(config.get("Timeout", 3)),
            task_root=task,
            python_path=(task, *layers, self._packages),
            variables=tuple(sorted(self._variables(config, task).items())),
            runtime=runtime,
        )

    def _layers(self, config: dict[str, Any]) -> list[bytes]:
        archives: list[bytes] = []
        for layer in config.get("Layers", []):
            arn = layer if isinstance(layer, str) else layer["Arn"]
            if POWERTOOLS_LAYER.fullmatch(arn):
                continue
            archive = self._emulator._resolve_layer_zip(layer)
            if not archive:
                raise RuntimeError(f"The layer {arn} is not deployed here.")
            archives.append(archive)
        return archives

    def _unpacked(self, archive: bytes) -> Path:
        """Return the directory with an archive's files; equal archives share one."""
        target = self._root / hashlib.sha256(archive).hexdigest()[:24]
        with self._lock:
            if not target.exists():
                scratch = target.with_suffix(f".{os.getpid()}")
                with zipfile.ZipFile(io.BytesIO(archive)) as files:
                    files.extractall(scratch)
                scratch.rename(target)
        return target

    def _variables(self, config: dict[str, Any], task: Path) -> Mapping[str, str]:
        """Return a function's whole environment: Lambda's names, our endpoints, nothing of the person's."""
        name = config["FunctionName"]
        log_group = config.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        own = {key: str(value) for key, value in config.get("Environment", {}).get("Variables", {}).items()}
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            **{key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ},
            # No X-Ray daemon listens here, and loading its SDK is half of a cold start.
            "POWERTOOLS_TRACE_DISABLED": "true",
            **own,
            **{key: os.environ[key] for key in _ENDPOINTS if key in os.environ and key not in own},
            **self._credentials(config),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_REGION": config["FunctionArn"].split(":")[3],
            "AWS_DEFAULT_REGION": config["FunctionArn"].split(":")[3],
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(task),
            "LAMBDA_RUNTIME_DIR": str(self._packages),
            "LAMBDA_DISABLE_PREVIEW_WARN": "1",
            "_HANDLER": config["Handler"],
        }


def start_seed(state_dir: Path) -> Forks | None:
    """Start the process that workers are forked from; ``None`` where there is no forking.

    It takes as long to get ready as the emulator, and should do so beside it.
    """
    return Forks(link_packages(state_dir / "functions" / "runtime")) if can_fork() else None


def install(state_dir: Path, forks: Forks | None) -> Functions:
    """Replace what runs Python functions; return it."""
    from ministack.services import lambda_svc  # noqa: PLC0415

    functions = Functions(state_dir, forks)
    emulator: Any = lambda_svc
    emulator._execute_function_warm = functions.execute
    return functions
