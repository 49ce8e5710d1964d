namespace Rollouts.AnalysisController.Endpoints;

/// <summary>How whatever can be read may be asked for; the server leaves the body of a HEAD out.</summary>
/// <remarks>Source: RFC 9110 §9.1, GET and HEAD must be supported, and §9.3.2.</remarks>
internal static class ReadMethods
{
    public static string[] All => [HttpMethods.Get, HttpMethods.Head];
}
