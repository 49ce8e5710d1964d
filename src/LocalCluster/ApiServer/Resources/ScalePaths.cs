namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>Where a kind keeps what its <c>scale</c> subresource shows: dotted paths, with a leading dot.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? LabelSelector);
