using System.Collections.Immutable;
using Rollouts.Api.Faults;

namespace Rollouts.Api.Settings;

/// <summary>Every variable there is: what --help prints and what the environment reference lists.</summary>
internal static class SettingTable
{
    public static readonly Setting Urls = new(
        "ASPNETCORE_URLS", "http://127.0.0.1:8080", "URLs, ';' between", "Addresses to listen on.");

    public static readonly Setting Version = new("APP_VERSION", "dev", "text", "Version shown in answers and metrics.");
    public static readonly Setting Build = new("APP_BUILD", "", "text", "Build number.");
    public static readonly Setting Commit = new("APP_COMMIT", "", "text", "Commit the build was made from.");
    public static readonly Setting BuildDate = new("APP_BUILD_DATE", "", "RFC 3339 date", "When the build was made.");
    public static readonly Setting Stage = new("APP_ENVIRONMENT", "production", "text", "Name of the environment.");
    public static readonly Setting Pod = new(
        "POD_NAME",
        "",
        "text",
        "Pod (Downward API); the host's name when not set.");
    public static readonly Setting Namespace = new("POD_NAMESPACE", "", "text", "Namespace (Downward API).");
    public static readonly Setting Node = new("NODE_NAME", "", "text", "Node (Downward API).");

    public static readonly Setting LabelsFile = new(
        "POD_LABELS_FILE",
        "/etc/podinfo/labels",
        "path",
        "Labels file (Downward API); rollout hash and role are read from it.");

    public static readonly Setting LogLevel = new(
        "LOG_LEVEL", "information", "verbose|debug|information|warning|error|fatal", "Least severe log line.");

    public static readonly Setting LogFormat = new("LOG_FORMAT", "json", "json|text", "Form of a log line.");

    public static readonly Setting RequestLog = new(
        "REQUEST_LOG", "errors", "errors|all|off", "Requests to log: those that fail with 5xx, all, or none.");

    public static readonly Setting StartupDelay = new(
        "STARTUP_DELAY_SECONDS",
        "0",
        "seconds, 0 to 600",
        "Pretend to be starting this long: probes startup and ready say no.");

    public static readonly Setting DrainSeconds = new(
        "DRAIN_SECONDS",
        "0",
        "seconds, 0 to 300",
        "After SIGTERM, answer on while not ready, so that traffic moves away.");

    public static readonly Setting ShutdownSeconds = new(
        "SHUTDOWN_SECONDS", "15", "seconds, 1 to 300", "Then wait at most this long for requests in flight.");

    public static readonly Setting RequestTimeout = new(
        "REQUEST_TIMEOUT_SECONDS", "30", "seconds, 1 to 600", "A request that takes longer is answered 504.");

    public static readonly Setting MaxBody = new(
        "MAX_REQUEST_BODY_BYTES", "65536", "bytes, 0 to 10485760", "A larger request body is answered 413.");

    public static readonly Setting CorsOrigins = new(
        "CORS_ORIGINS", "", "origins, ',' between, or *", "Origins whose pages may call this API.");

    public static readonly Setting CheckTimeout = new(
        "HEALTH_CHECK_TIMEOUT_MS", "1000", "milliseconds, 10 to 30000", "Time for each dependency check of /health.");

    public static readonly Setting Postgres = new(
        "POSTGRES_CONNECTION",
        "",
        "Host=…;Username=…;Database=…",
        "Database for items and journal; from memory when not set.");

    public static readonly Setting Redis = new(
        "REDIS_CONNECTION", "", "host:port[,password=…]", "Cache of items, and faults shared by all pods.");

    public static readonly Setting OtlpEndpoint = new(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "", "URL", "OTLP/HTTP collector that receives a trace of every request.");

    public static readonly Setting ServiceName = new(
        "OTEL_SERVICE_NAME", "sample-api", "text", "Name of this service in traces.");

    public static readonly Setting FaultsEnabled = new(
        "DEMO_FAULTS_ENABLED", "false", "true|false", "Arms the demo faults; without it every switch is refused.");

    public static readonly Setting FaultToken = new(
        "DEMO_TOKEN", "", "text", "When set, switching needs the header 'Authorization: Bearer <token>'.");

    public static readonly Setting Seed = new(
        "DEMO_SEED", "", "integer", "Seed of every random choice; a fresh one, logged at start, when not set.");

    public static readonly Setting MaxSeconds = new(
        "DEMO_MAX_SECONDS", "3600", "seconds, 1 to 86400", "Longest duration of a switched fault.");

    public static readonly Setting MaxCores = new(
        "DEMO_MAX_CORES",
        "2",
        "cores, 0.1 to 64",
        "Most cores a fault may burn.");
    public static readonly Setting MaxMemory = new(
        "DEMO_MAX_MEMORY_MB",
        "256",
        "MB, 1 to 65536",
        "Most memory a fault may hold.");

    public static ImmutableArray<Setting> All { get; } =
    [
        Urls,
        Version,
        Build,
        Commit,
        BuildDate,
        Stage,
        Pod,
        Namespace,
        Node,
        LabelsFile,
        LogLevel,
        LogFormat,
        RequestLog,
        StartupDelay,
        DrainSeconds,
        ShutdownSeconds,
        RequestTimeout,
        MaxBody,
        CorsOrigins,
        CheckTimeout,
        Postgres,
        Redis,
        OtlpEndpoint,
        ServiceName,
        FaultsEnabled,
        FaultToken,
        Seed,
        MaxSeconds,
        MaxCores,
        MaxMemory,
        .. FaultSchema.All.Select(schema => Fault(schema.Kind)),
    ];

    /// <summary>The variable that switches a fault on at start.</summary>
    public static Setting Fault(FaultKind kind)
    {
        var schema = FaultSchema.Of(kind);
        return new Setting(schema.Variable, "", schema.Form, $"At start: {schema.Meaning}");
    }
}
