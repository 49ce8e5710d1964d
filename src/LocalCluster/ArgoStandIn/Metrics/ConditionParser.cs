using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rollouts.LocalCluster.ArgoStandIn.Metrics;

/// <summary>An expression: the measured <c>result</c> in; null, bool, double, string or a JSON node out.</summary>
internal delegate object? ConditionTerm(JsonNode? result);

/// <summary>
/// The part of Argo's expression language that conditions use: <c>result</c> with members and indexes, numbers, text,
/// comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, parentheses, <c>asFloat</c>, <c>asInt</c>, <c>len</c>.
/// </summary>
/// <remarks>Each method leaves the cursor behind what it read.</remarks>
internal sealed partial class ConditionParser
{
    private readonly string _text;
    private readonly List<string> _tokens;
    private int _at;

    private ConditionParser(string text)
    {
        _text = text;
        _tokens = [.. Token().Matches(text).Select(match => match.Value.Trim()).Where(token => token.Length > 0)];
    }

    /// <exception cref="FormatException">The text is not an expression of this part of the language.</exception>
    public static ConditionTerm Parse(string text)
    {
        var parser = new ConditionParser(text);
        var term = parser.Or();
        return parser._at == parser._tokens.Count ? term : throw parser.Unexpected();
    }

    private ConditionTerm Or()
    {
        var left = And();
        while (Take("||") || Take("or"))
        {
            var (first, second) = (left, And());
            left = result => Bool(first(result)) || Bool(second(result));
        }
        return left;
    }

    private ConditionTerm And()
    {
        var left = Comparison();
        while (Take("&&") || Take("and"))
        {
            var (first, second) = (left, Comparison());
            left = result => Bool(first(result)) && Bool(second(result));
        }
        return left;
    }

    private ConditionTerm Comparison()
    {
        var left = Unary();
        if (Peek is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            return left;
        var operation = Next();
        var right = Unary();
        return operation switch
        {
            "==" => result => Equals(left(result), right(result)),
            "!=" => result => !Equals(left(result), right(result)),
            "<" => result => Compare(left(result), right(result)) < 0,
            "<=" => result => Compare(left(result), right(result)) <= 0,
            ">" => result => Compare(left(result), right(result)) > 0,
            _ => result => Compare(left(result), right(result)) >= 0,
        };
    }

    private ConditionTerm Unary()
    {
        if (Take("!") || Take("not"))
        {
            var inner = Unary();
            return result => !Bool(inner(result));
        }
        if (Take("-"))
        {
            var inner = Unary();
            return result => -Number(inner(result));
        }
        return Postfix();
    }

    private ConditionTerm Postfix()
    {
        var term = Primary();
        while (Peek is "." or "[")
        {
            var inner = term;
            if (Next() == ".")
            {
                var name = Next();
                term = result => Member(inner(result), name);
            }
            else
            {
                var index = Or();
                Expect("]");
                term = result => Member(inner(result), index(result));
            }
        }
        return term;
    }

    private ConditionTerm Primary()
    {
        var token = Next();
        if (token == "(")
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        if (token[0] is '"' or '\'')
            return _ => token[1..^1];
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return _ => number;
        return token switch
        {
            "result" => result => Plain(result),
            "true" => _ => true,
            "false" => _ => false,
            "nil" => _ => null,
            "asFloat" or "asInt" or "len" => Call(token),
            _ => throw new FormatException($"condition \"{_text}\": {token} is not understood"),
        };
    }

    private ConditionTerm Call(string function)
    {
        Expect("(");
        var argument = Or();
        Expect(")");
        return function switch
        {
            "asFloat" => result => Number(argument(result)),
            "asInt" => result => Math.Truncate(Number(argument(result))),
            _ => result => argument(result) switch
            {
                string text => (double)text.Length,
                JsonArray array => (double)array.Count,
                JsonObject map => (double)map.Count,
                _ => throw new FormatException($"condition \"{_text}\": len needs a list, a map or a text"),
            },
        };
    }

    private string? Peek => _at < _tokens.Count ? _tokens[_at] : null;

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw Unexpected();

    private bool Take(string token)
    {
        if (Peek != token)
            return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Unexpected();
    }

    private FormatException Unexpected() =>
        new($"condition \"{_text}\": unexpected {(Peek is { } token ? $"'{token}'" : "end")}");

    private static object? Plain(JsonNode? node)
    {
        if (node is not JsonValue value)
            return node;
        if (value.TryGetValue<string>(out var text))
            return text;
        return value.TryGetValue<bool>(out var flag)
            ? flag
            : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
    }

    private object? Member(object? owner, object? key) => (owner, key) switch
    {
        (JsonObject map, string name) => Plain(map[name]),
        (JsonArray array, double index) when index >= 0 && index < array.Count => Plain(array[(int)index]),
        _ => throw new FormatException($"condition \"{_text}\": there is no {key} here"),
    };

    private bool Bool(object? value) => value is bool flag
        ? flag
        : throw NotA("yes or no", value);

    private double Number(object? value) => value switch
    {
        double number => number,
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw NotA("number", value),
    };

    private FormatException NotA(string wanted, object? value) =>
        new($"condition \"{_text}\": a {wanted} is needed, not {value ?? "nil"}");

    private int Compare(object? left, object? right) => (left, right) switch
    {
        (double first, double second) => first.CompareTo(second),
        (string first, string second) => string.CompareOrdinal(first, second),
        _ => throw new FormatException(
            $"condition \"{_text}\": {left ?? "nil"} and {right ?? "nil"} cannot be compared"),
    };

    [GeneratedRegex("""
        \s+|"[^"]*"|'[^']*'|[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|==|!=|<=|>=|&&|\|\||.
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();
}
