using Rollouts.Analysis.Profiles;

namespace Rollouts.Analysis.Tests.Profiles;

public sealed class OutcomeLabelTests
{
    [Theory]
    [InlineData("200", Outcome.Success)]
    [InlineData("302", Outcome.Success)]
    [InlineData("404", Outcome.ClientError)]
    [InlineData("499", Outcome.ClientError)]
    [InlineData("500", Outcome.ServerError)]
    [InlineData("599", Outcome.ServerError)]
    [InlineData("600", Outcome.Unknown)]
    [InlineData("0", Outcome.Unknown)]
    [InlineData("2xx", Outcome.Success)]
    [InlineData("4XX", Outcome.ClientError)]
    [InlineData("5xx", Outcome.ServerError)]
    [InlineData("9xx", Outcome.Unknown)]
    [InlineData("4", Outcome.ClientError)]
    [InlineData("5", Outcome.ServerError)]
    [InlineData("SERVER_ERROR", Outcome.ServerError)]
    [InlineData("CLIENT_ERROR", Outcome.ClientError)]
    [InlineData("SUCCESS", Outcome.Success)]
    [InlineData("success", Outcome.Success)]
    [InlineData("failure", Outcome.ServerError)]
    [InlineData("UNKNOWN", Outcome.Unknown)]
    [InlineData("", Outcome.Unknown)]
    [InlineData(null, Outcome.Unknown)]
    public void A_status_of_http_is_read(string? value, Outcome expected) =>
        Assert.Equal(expected, OutcomeLabel.Read(value, StatusWords.Http));

    /// <summary>grpc/grpc doc/statuscodes.md: names as Go, Java and the wire spell them, and numbers.</summary>
    [Theory]
    [InlineData("OK", "0", Outcome.Success)]
    [InlineData("Canceled", "1", Outcome.ClientError)]
    [InlineData("Unknown", "2", Outcome.ServerError)]
    [InlineData("INVALID_ARGUMENT", "3", Outcome.ClientError)]
    [InlineData("DeadlineExceeded", "4", Outcome.ServerError)]
    [InlineData("NotFound", "5", Outcome.ClientError)]
    [InlineData("ALREADY_EXISTS", "6", Outcome.ClientError)]
    [InlineData("PermissionDenied", "7", Outcome.ClientError)]
    [InlineData("RESOURCE_EXHAUSTED", "8", Outcome.ClientError)]
    [InlineData("FailedPrecondition", "9", Outcome.ClientError)]
    [InlineData("ABORTED", "10", Outcome.ClientError)]
    [InlineData("OutOfRange", "11", Outcome.ClientError)]
    [InlineData("Unimplemented", "12", Outcome.ServerError)]
    [InlineData("INTERNAL", "13", Outcome.ServerError)]
    [InlineData("Unavailable", "14", Outcome.ServerError)]
    [InlineData("DATA_LOSS", "15", Outcome.ServerError)]
    [InlineData("Unauthenticated", "16", Outcome.ClientError)]
    [InlineData("CANCELLED", "1", Outcome.ClientError)]
    [InlineData("Nonsense", "17", Outcome.Unknown)]
    public void A_status_of_gRPC_is_read_by_name_and_by_number(string name, string number, Outcome expected)
    {
        Assert.Equal(expected, OutcomeLabel.Read(name, StatusWords.Grpc));
        Assert.Equal(expected, OutcomeLabel.Read(number, StatusWords.Grpc));
    }
}
