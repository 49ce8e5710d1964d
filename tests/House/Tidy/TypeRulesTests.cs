namespace Rollouts.House.Tidy;

/// <summary>Each rule about types on its negative space.</summary>
public sealed class TypeRulesTests
{
    [Theory]
    [InlineData("sealed class PodManager;")]
    [InlineData("static class TextHelpers;")]
    [InlineData("sealed record PodInfo(int A);")]
    [InlineData("interface IClockService;")]
    [InlineData("enum ColourBase { Red }")]
    public void A_type_name_that_says_nothing_is_found(string sample)
    {
        Rule rule = TypeRules.Names;
        Assert.Equal([1], rule.LinesIn(sample));
        Assert.Empty(rule.LinesIn("sealed class PodScraper; record Database; class ServiceAccount; class Baseline;"));
    }

    [Theory]
    [InlineData("class Open;", 1)]
    [InlineData("internal partial record Open(int A);", 1)]
    [InlineData("sealed class Shut; static class Fixed; abstract record Closed { private Closed() { } }", 0)]
    [InlineData("record struct Value; enum Colour { Red } partial class Program;", 0)]
    public void An_open_class_is_found(string sample, int count)
    {
        Rule rule = TypeRules.SealedClasses;
        Assert.Equal(count, rule.LinesIn(sample).Count());
    }

    [Theory]
    [InlineData("sealed class A { static int _x; }", 1)]
    [InlineData("sealed class A { public static int X { get; set; } }", 1)]
    [InlineData("sealed class A { static readonly int X = 1; const int Y = 2; static int Z { get; } = 3; int _w; }", 0)]
    public void Static_mutable_state_is_found(string sample, int count)
    {
        Rule rule = TypeRules.StaticState;
        Assert.Equal(count, rule.LinesIn(sample).Count());
    }

    [Theory]
    [InlineData("src/Api/Health/Probe.cs", 0)]
    [InlineData("src/Api/Health/Probe.Parts.cs", 0)]
    [InlineData("src/Api/Health/Pro.cs", 0)]
    [InlineData("src/Api/Health/Probes.cs", 1)]
    public void A_file_named_after_nothing_in_it_is_found(string path, int count)
    {
        Rule rule = TypeRules.FileNames;
        Assert.Equal(count, rule.LinesIn("sealed class Probe;", path).Count());
    }

    [Theory]
    [InlineData("src/Api/Health/Probe.cs", 0)]
    [InlineData("src/Api/Probe.cs", 1)]
    [InlineData("tests/Api/Health/Probe.cs", 0)]
    public void A_namespace_that_leaves_its_folder_is_found(string path, int count)
    {
        Rule rule = TypeRules.Namespaces;
        Assert.Equal(count, rule.LinesIn("namespace Rollouts.Api.Health;", path).Count());
    }

    [Theory]
    [InlineData("interface IAlone;", 1)]
    [InlineData("interface IOnce; sealed class A : IOnce;", 1)]
    [InlineData("interface ITwice<T>; sealed class A : ITwice<int>; sealed class B : X.ITwice<long>;", 0)]
    [InlineData("interface IOnce; interface IMore : IOnce; sealed class A : IOnce;", 2)]
    public void An_interface_with_fewer_than_two_implementations_is_found(string sample, int count) =>
        Assert.Equal(count, TypeRules.LonelyInterfaces([new SourceFile("src/Api/A.cs", sample)]).Count());
}
