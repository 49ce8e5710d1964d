using System.Text.Json;
using System.Text.RegularExpressions;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// A run's spec keeps <c>{{args.name}}</c> as the template wrote it; Argo puts the values in whenever it reads a
/// metric, anywhere in it (argo-rollouts utils/analysis/factory.go, utils/template/template.go). So do we: its name,
/// its limits and its URL may be arguments as well as what it says of how to judge.
/// </summary>
internal static partial class RunArguments
{
    extension(AnalysisRun run)
    {
        /// <summary>What has no value, such as a secret, stays as it is written.</summary>
        public AnalysisMetric Resolve(AnalysisMetric metric)
        {
            if (run.Spec.Args.Count == 0)
            {
                return metric;
            }

            var text = JsonSerializer.Serialize(metric, KubernetesJson.Default.AnalysisMetric);
            var resolved = Placeholder().Replace(text, match => run.ValueOf(match.Groups[1].Value) ?? match.Value);
            return JsonSerializer.Deserialize(resolved, KubernetesJson.Default.AnalysisMetric)!;
        }

        /// <summary>As it stands within a JSON string, so that no value can break out of its place.</summary>
        private string? ValueOf(string argument) =>
            run.Spec.Args.FirstOrDefault(given => given.Name == argument)?.Value is { } value
                ? JsonEncodedText.Encode(value).ToString()
                : null;
    }

    [GeneratedRegex(@"\{\{\s*args\.([^}\s]+)\s*\}\}")]
    private static partial Regex Placeholder();
}
