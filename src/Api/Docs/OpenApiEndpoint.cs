namespace Rollouts.Api.Docs;

/// <summary><c>GET /openapi.json</c>: the contract, written by hand and held against the routes by a test.</summary>
internal sealed class OpenApiEndpoint
{
    private readonly EmbeddedFile _contract = new("openapi.json", "application/json");

    public Task GetAsync(HttpContext http) => _contract.GetAsync(http);
}
