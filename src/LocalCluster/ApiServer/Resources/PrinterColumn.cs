namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <param name="Type">integer, number, string, boolean or date.</param>
/// <param name="Priority">0 is always shown; more only with <c>-o wide</c>.</param>
internal sealed record PrinterColumn(
    string Name,
    string Type,
    string JsonPath,
    int Priority = 0,
    string Description = "");
