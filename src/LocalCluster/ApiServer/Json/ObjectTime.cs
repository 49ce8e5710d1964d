using System.Globalization;

namespace Rollouts.LocalCluster.ApiServer.Json;

/// <summary>Kubernetes' metav1.Time: RFC 3339 in UTC with whole seconds.</summary>
internal static class ObjectTime
{
    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
