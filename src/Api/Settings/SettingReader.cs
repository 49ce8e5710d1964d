using System.Collections.Immutable;
using System.Globalization;

namespace Rollouts.Api.Settings;

/// <summary>Reads settings and collects what is wrong with them, so that all of it can be told at once.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();

    public ImmutableArray<string> Problems => _problems.ToImmutable();

    public string Text(Setting setting)
    {
        var text = configuration[setting.Name];
        return string.IsNullOrWhiteSpace(text) ? setting.Default : text.Trim();
    }

    public double Number(Setting setting, double min, double max)
    {
        var text = Text(setting);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        Reject(setting, text, string.Create(CultureInfo.InvariantCulture, $"is not a number from {min} to {max}"));
        return min;
    }

    public int Integer(Setting setting, int min, int max)
    {
        var text = Text(setting);
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        Reject(
            setting,
            text,
            string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {min} to {max}"));
        return min;
    }

    public TimeSpan Seconds(Setting setting, double min, double max) => TimeSpan.FromSeconds(Number(setting, min, max));

    public bool Flag(Setting setting)
    {
        var text = Text(setting);
        if (!bool.TryParse(text, out var flag))
        {
            Reject(setting, text, "is neither true nor false");
        }

        return flag;
    }

    public TEnum Word<TEnum>(Setting setting)
        where TEnum : struct, Enum
    {
        var text = Text(setting);
        if (!char.IsAsciiLetter(text[0]) || !Enum.TryParse<TEnum>(text, ignoreCase: true, out var word))
        {
            Reject(setting, text, $"is none of {setting.Unit}");
            return default;
        }

        return word;
    }

    public void Reject(Setting setting, string text, string problem) =>
        _problems.Add($"{setting.Name}: '{text}' {problem}");
}
