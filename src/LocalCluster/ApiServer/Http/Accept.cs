namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>How the client wants an answer, from its Accept header: the first form it names that is served.</summary>
internal enum Representation
{
    Json,
    Table,
    AggregatedDiscovery,
}

internal static class Accept
{
    public const string AggregatedDiscoveryType =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <exception cref="ApiException">406: none of the forms is served.</exception>
    public static Representation Negotiate(string header, bool isDiscovery = false)
    {
        if (string.IsNullOrWhiteSpace(header))
            return Representation.Json;
        foreach (
            var choice in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = choice.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "application/*" or "*/*"))
                continue;
            var form = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal));
            if (form is null)
                return Representation.Json;
            if (form == "as=Table" && !isDiscovery && parts.Contains("v=v1"))
                return Representation.Table;
            if (form == "as=APIGroupDiscoveryList" && isDiscovery && parts.Contains("v=v2"))
                return Representation.AggregatedDiscovery;
        }
        throw ApiException.NotAcceptable("only the following media types are accepted: application/json");
    }
}
