using System.Collections.Immutable;

namespace Rollouts.Api.Items;

/// <summary>One thing for sale.</summary>
/// <param name="PriceCents">Price in cents of a euro.</param>
internal sealed record Item(int Id, string Name, string Category, int PriceCents);

/// <summary>The catalogue that is served from memory and that seeds an empty database.</summary>
internal static class Catalogue
{
    public static ImmutableArray<string> Categories { get; } =
    ["Casual Shoes", "Handbags", "Shirts", "Tops", "Watches"];

    public static ImmutableArray<Item> Items { get; } =
    [
        new(1, "Canvas sneaker", "Casual Shoes", 4990),
        new(2, "Suede loafer", "Casual Shoes", 7990),
        new(3, "Trail slip-on", "Casual Shoes", 5990),
        new(4, "Cork sandal", "Casual Shoes", 3990),
        new(5, "Knitted trainer", "Casual Shoes", 6990),
        new(6, "Linen tote", "Handbags", 3490),
        new(7, "Leather satchel", "Handbags", 14990),
        new(8, "Evening clutch", "Handbags", 5490),
        new(9, "Bucket bag", "Handbags", 8990),
        new(10, "Crossbody bag", "Handbags", 6490),
        new(11, "Oxford shirt", "Shirts", 4490),
        new(12, "Flannel shirt", "Shirts", 3990),
        new(13, "Linen shirt", "Shirts", 4990),
        new(14, "Denim shirt", "Shirts", 5490),
        new(15, "Camp collar shirt", "Shirts", 4290),
        new(16, "Ribbed top", "Tops", 1990),
        new(17, "Wrap top", "Tops", 2990),
        new(18, "Striped tee", "Tops", 1790),
        new(19, "Silk camisole", "Tops", 4590),
        new(20, "Boxy tee", "Tops", 1590),
        new(21, "Field watch", "Watches", 12990),
        new(22, "Diver watch", "Watches", 19990),
        new(23, "Dress watch", "Watches", 15990),
        new(24, "Digital watch", "Watches", 4990),
        new(25, "Chronograph", "Watches", 24990),
    ];
}
