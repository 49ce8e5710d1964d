using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>What Kubernetes asks of every object's metadata (apimachinery pkg/api/validation/objectmeta.go).</summary>
internal static partial class MetadataRules
{
    public const int AnnotationBytesLimit = 256 * 1024;

    private const int NameLimit = 253;
    private const int LabelNameLimit = 63;

    private const string NameRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + "and must start and end with an alphanumeric character";

    private const string LabelRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character";

    private const string KeyRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character";

    /// <param name="before">Null at creation.</param>
    public static void Check(JsonObject metadata, JsonObject? before, ICollection<FieldError> errors)
    {
        var name = metadata.Text("name") ?? "";
        if (name.Length == 0)
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        else if (name.Length > NameLimit || !Name().IsMatch(name))
            errors.Add(FieldError.Invalid("metadata.name", $"\"{name}\"", NameRule));
        foreach (var (key, value) in metadata.TextMap("labels"))
        {
            CheckKey("metadata.labels", key, errors);
            if (value.Length > LabelNameLimit || !LabelValue().IsMatch(value))
                errors.Add(FieldError.Invalid("metadata.labels", $"\"{value}\"", LabelRule));
        }
        CheckAnnotations(metadata, errors);
        if (
            before is not null
            && before.ContainsKey("deletionTimestamp")
            && Finalizers(metadata).Except(Finalizers(before)).Any())
        {
            errors.Add(
                FieldError.Forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted"));
        }
    }

    private static IEnumerable<string?> Finalizers(JsonObject metadata) =>
        (metadata["finalizers"] as JsonArray ?? []).Select(name => name.AsText);

    private static void CheckAnnotations(JsonObject metadata, ICollection<FieldError> errors)
    {
        var bytes = 0;
        foreach (var (key, value) in metadata.TextMap("annotations"))
        {
            CheckKey("metadata.annotations", key.ToLowerInvariant(), errors);
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }
        if (bytes > AnnotationBytesLimit)
        {
            errors.Add(
                FieldError.TooLong("metadata.annotations", $"may not be more than {AnnotationBytesLimit} bytes"));
        }
    }

    private static void CheckKey(string path, string key, ICollection<FieldError> errors)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        var prefixIsGood = slash < 0 || (slash is > 0 and <= NameLimit && Name().IsMatch(key[..slash]));
        if (!prefixIsGood || name.Length is 0 or > LabelNameLimit || !KeyName().IsMatch(name))
            errors.Add(FieldError.Invalid(path, $"\"{key}\"", KeyRule));
    }

    [GeneratedRegex(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyName();
}
