using System.Globalization;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>Query parameters of API requests (API reference, "Common Parameters").</summary>
internal static class QueryReading
{
    extension(HttpRequest request)
    {
        public string? QueryText(string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;

        public bool QueryFlag(string name) => request.QueryText(name) is "true" or "1";

        /// <exception cref="ApiException">400: not a whole number.</exception>
        public long? QueryWhole(string name)
        {
            if (request.QueryText(name) is not { } text)
                return null;
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : throw ApiException.BadRequest($"{name}: Invalid value: \"{text}\": must be a whole number");
        }

        public ObjectFilter Filter(ResourceKind kind, string? @namespace) =>
            new(
                @namespace,
                LabelSelector.Parse(request.QueryText("labelSelector")),
                FieldSelector.Parse(request.QueryText("fieldSelector"), kind));

        public bool IsDryRun =>
            request.QueryText("dryRun") switch
            {
                null => false,
                "All" => true,
                var other => throw ApiException.BadRequest(
                    $"dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
            };

        public WriteOptions WriteOptions(ResourceKind kind) =>
            new()
            {
                FieldValidation = request.QueryText("fieldValidation") switch
                {
                    "Strict" => FieldValidation.Strict,
                    "Ignore" => FieldValidation.Ignore,
                    null or "Warn" => FieldValidation.Warn,
                    var other => throw ApiException.BadRequest(
                        $"fieldValidation: Unsupported value: \"{other}\": "
                            + "supported values: \"Ignore\", \"Warn\", \"Strict\""),
                },
                IsDryRun = request.IsDryRun,
                FieldManager = request.QueryText("fieldManager") ?? request.Headers.UserAgent.ToString().Split('/')[0],
                RequiresResourceVersion = !kind.IsBuiltIn,
                Warnings = new List<string>(),
            };
    }
}
