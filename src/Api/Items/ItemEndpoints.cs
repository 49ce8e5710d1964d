using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using Rollouts.Api.Faults;
using Rollouts.Api.Requests;

namespace Rollouts.Api.Items;

/// <summary>Answer of <c>/api/items</c>.</summary>
/// <param name="Total">Items of the catalogue that match.</param>
internal sealed record ItemsAnswer(ImmutableArray<Item> Items, int Total);

/// <summary><c>/api/items</c> and <c>/api/items/{id}</c>.</summary>
internal sealed class ItemEndpoints
{
    private const int DefaultLimit = 5;
    private const int MaxLimit = 25;

    private readonly ItemSource _source;
    private readonly FaultBoard _board;
    private readonly FaultDice _dice;
    private readonly Counter<long> _served;

    public ItemEndpoints(ItemSource source, FaultBoard board, FaultDice dice, Meter meter)
    {
        (_source, _board, _dice) = (source, board, dice);
        _served = meter.CreateCounter<long>("items.served", "{item}", "Items answered, by category.");
        foreach (var category in Catalogue.Categories)
        {
            _served.Add(0, new KeyValuePair<string, object?>("category", category));
        }
    }

    /// <summary>
    /// A shop window: items drawn from the catalogue, so that the mix of categories is the catalogue's.
    /// </summary>
    public async Task ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var limit = DefaultLimit;
        if (query.TryGetValue("limit", out var limitText)
            && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > MaxLimit))
        {
            await Problem.WriteAsync(
                http,
                400,
                $"limit is '{limitText}': it must be a whole number from 1 to {MaxLimit}.");
            return;
        }

        string? category = query["category"];
        if (!string.IsNullOrEmpty(category) && !Catalogue.Categories.Contains(category))
        {
            await Problem.WriteAsync(
                http, 400, $"category is '{category}': it must be one of {string.Join(", ", Catalogue.Categories)}.");
            return;
        }

        if (await ReadAsync(http) is not { } items)
        {
            return;
        }

        var matching = Matching(items, category);
        var drawn = ImmutableArray.CreateBuilder<Item>(limit);
        for (var i = 0; i < limit && !matching.IsEmpty; i++)
        {
            drawn.Add(Draw(matching));
        }

        Count(drawn);
        await JsonAnswer.WriteAsync(
            http,
            new ItemsAnswer(drawn.ToImmutable(), matching.Length),
            ApiJson.Plain.ItemsAnswer);
    }

    public async Task GetAsync(HttpContext http)
    {
        var text = http.Request.RouteValues["id"] as string;
        if (await ReadAsync(http) is not { } items)
        {
            return;
        }

        var item = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? items.FirstOrDefault(candidate => candidate.Id == id)
            : null;
        if (item is null)
        {
            await Problem.WriteAsync(http, 404, $"There is no item '{text}'.");
            return;
        }

        Count([item]);
        await JsonAnswer.WriteAsync(http, item, ApiJson.Plain.Item);
    }

    private async ValueTask<ImmutableArray<Item>?> ReadAsync(HttpContext http)
    {
        var items = await _source.ReadAsync(http.RequestAborted);
        if (items is null)
        {
            http.Response.Headers.RetryAfter = "1";
            await Problem.WriteAsync(http, 503, "The items cannot be read: the database does not answer.");
        }

        return items;
    }

    private Item Draw(ImmutableArray<Item> items)
    {
        if (_board.Active(FaultKind.ClassDrift) is { } drift && _dice.Hits(drift["ratio"]))
        {
            var favoured = Matching(items, drift.Category);
            items = favoured.IsEmpty ? items : favoured;
        }

        return items[_dice.Pick(items.Length)];
    }

    private static ImmutableArray<Item> Matching(ImmutableArray<Item> items, string? category) =>
        string.IsNullOrEmpty(category) ? items : [.. items.Where(item => item.Category == category)];

    private void Count(IEnumerable<Item> items)
    {
        foreach (var item in items)
        {
            _served.Add(1, new KeyValuePair<string, object?>("category", item.Category));
        }
    }
}
