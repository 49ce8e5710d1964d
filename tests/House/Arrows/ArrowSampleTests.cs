using System.Xml.Linq;

namespace Rollouts.House.Arrows;

/// <summary>The arrows on their negative space: small trees in which one name points the wrong way.</summary>
public sealed class ArrowSampleTests
{
    private static readonly Arrow[] Map =
        [new("R.Low"), new("R.Top", "R.Low"), new("R.Top.Inner"), new("R.Top.Child", "=R.Top")];

    [Theory]
    [InlineData("namespace R.Top; using R.Low; class B { A? _a; }", 0)]
    [InlineData("namespace R.Top; class B : R.Low.A;", 0)]
    [InlineData("namespace R.Top; class B { C? _c; }", 0)]
    [InlineData("namespace R.Top.Inner; using R.Low; class B { A? _a; }", 1)]
    [InlineData("namespace R.Top.Inner; class B : R.Low.A;", 1)]
    [InlineData("namespace R.Top.Inner; class B(Low.A a);", 1)]
    [InlineData("namespace R.Top.Inner; class B { object M() => Low.A.Make(); }", 1)]
    [InlineData("namespace R.Top.Inner; using static R.Low.A; class B { object M() => Make(); }", 1)]
    [InlineData("namespace R.Top.Inner; using R.Low; class B { void M(string s) => s.Extend(); }", 1)]
    [InlineData("namespace R.Low; class B { R.Top.C? _c; }", 1)]
    [InlineData("namespace R.Top.Child; class B { C? _c; }", 0)]
    [InlineData("namespace R.Top.Child; class B { Inner.D? _d; }", 1)]
    [InlineData("namespace R.Else; class B { R.Low.A? _a; }", 1)]
    public void A_name_that_points_the_wrong_way_is_found(string sample, int count)
    {
        var low = new SourceFile("low.cs", """
            namespace R.Low;
            public class A { public static A Make() => new(); }
            public static class E { public static void Extend(this string s) { } }
            """);
        var top = new SourceFile("top.cs", "namespace R.Top; public class C;");
        var inner = new SourceFile("inner.cs", "namespace R.Top.Inner; public class D;");
        var uses = NamespaceUse.In([low, top, inner, new SourceFile("sample.cs", sample)]);
        var broken = Arrow.Broken(Map, uses).Where(finding => finding.Path == "sample.cs").ToList();
        Assert.Equal(count, broken.DistinctBy(finding => finding.Line).Count());
    }

    [Fact]
    public void A_reference_that_only_orders_the_build_is_no_arrow()
    {
        var project = XElement.Parse("""
            <Project>
              <ItemGroup>
                <ProjectReference Include="../Exposition/Exposition.csproj" />
                <ProjectReference Include="..\Api\Api.csproj" ReferenceOutputAssembly="false" />
              </ItemGroup>
            </Project>
            """);
        Assert.Equal(["Exposition"], ProjectReferences.Of(project));
    }
}
