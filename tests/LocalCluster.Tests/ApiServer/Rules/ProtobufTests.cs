using System.Text;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Http;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

public sealed class ProtobufTests
{
    private static readonly ResourceKind Namespaces = BuiltInKinds.Read().Single(kind => kind.Kind == "Namespace");

    private readonly ProtobufObjects _protobuf = new();

    [Fact]
    public void Fields_are_read_by_their_numbers_and_zeros_are_left_out()
    {
        byte[] metadata = [.. Field(1, "a"), .. Field(2, ""), .. Field(11, Join(Field(1, "k"), Field(2, ""))), 0x38, 0];
        var body = Body("Namespace", Join(Field(1, metadata), Field(2, Field(1, "f")), Field(3, [])));

        Assert.Equal(
            """
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a","labels":{"k":""}},"spec":{"finalizers":["f"]}}
            """,
            _protobuf.Read(Namespaces, body).ToJsonString());
    }

    [Fact]
    public void A_field_that_is_not_read_is_refused_rather_than_lost()
    {
        var refused = Assert.Throws<ApiException>(() => _protobuf.Read(Namespaces, Body("Namespace", Field(9, "x"))));

        Assert.Equal(
            (415, "field 9 of Namespace is not read from protobuf by the local cluster; send JSON"),
            (refused.Status.Code, refused.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("k8s\0\u0012")]
    [InlineData("k8s\0\u0012\u007f")]
    [InlineData("k8s\0\u0012\u0003\u000a\u007fx")]
    [InlineData("k8s\0\u0015abcd")]
    [InlineData("k8s\0\u0012\u0004\u000a\u0002\u0042\u007f")]
    public void A_message_that_is_cut_short_or_none_is_a_bad_request(string body) =>
        Assert.Equal(
            400,
            Assert.Throws<ApiException>(() => _protobuf.Read(Namespaces, Encoding.Latin1.GetBytes(body))).Status.Code);

    private static byte[] Body(string kind, byte[] message) =>
        Join("k8s\0"u8.ToArray(), Field(1, Join(Field(1, "v1"), Field(2, kind))), Field(2, message));

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] bytes) => [(byte)(number << 3 | 2), (byte)bytes.Length, .. bytes];

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
