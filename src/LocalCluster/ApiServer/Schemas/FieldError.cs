namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>
/// One thing wrong with one field, worded as Kubernetes words it (kubernetes/apimachinery
/// pkg/util/validation/field/errors.go, type Error).
/// </summary>
/// <param name="Reason">Kubernetes' cause type, such as <c>FieldValueInvalid</c>.</param>
internal sealed record FieldError(string Path, string Reason, string Message)
{
    public static FieldError Required(string path, string detail = "") =>
        new(path, "FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldError Invalid(string path, string value, string detail) =>
        new(path, "FieldValueInvalid", $"Invalid value: {value}: {detail}");

    public static FieldError WrongType(string path, string actual, string detail) =>
        new(path, "FieldValueTypeInvalid", $"Invalid value: \"{actual}\": {detail}");

    public static FieldError NotSupported(string path, string value, IEnumerable<string> supported) =>
        new(
            path,
            "FieldValueNotSupported",
            $"Unsupported value: {value}: supported values: {string.Join(", ", supported)}");

    public static FieldError TooLong(string path, string detail) =>
        new(path, "FieldValueTooLong", $"Too long: {detail}");

    public static FieldError TooMany(string path, int count, int limit) =>
        new(path, "FieldValueTooMany", $"Too many: {count}: must have at most {limit} items");

    public static FieldError Duplicate(string path, string value) =>
        new(path, "FieldValueDuplicate", $"Duplicate value: {value}");

    public static FieldError Forbidden(string path, string detail) =>
        new(path, "FieldValueForbidden", $"Forbidden: {detail}");

    public override string ToString() => $"{Path}: {Message}";
}
