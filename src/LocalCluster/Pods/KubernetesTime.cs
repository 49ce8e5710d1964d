using System.Globalization;

namespace Rollouts.LocalCluster.Pods;

/// <summary>metav1.Time on the wire: RFC 3339 in UTC with whole seconds.</summary>
internal static class KubernetesTime
{
    public static string Write(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
