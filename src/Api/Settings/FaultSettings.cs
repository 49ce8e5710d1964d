using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Rollouts.Api.Faults;

namespace Rollouts.Api.Settings;

/// <summary>Reads the settings of the demo faults.</summary>
internal static class FaultSettings
{
    public static FaultOptions Read(SettingReader read, Identity identity, DateTimeOffset now)
    {
        var caps = new FaultCaps(
            read.Seconds(SettingTable.MaxSeconds, 1, 86_400),
            read.Number(SettingTable.MaxCores, 0.1, 64),
            read.Integer(SettingTable.MaxMemory, 1, 65_536));
        var isEnabled = read.Flag(SettingTable.FaultsEnabled);
        var atStart = ImmutableArray.CreateBuilder<FaultSwitch>();
        foreach (var schema in FaultSchema.All)
        {
            var setting = SettingTable.Fault(schema.Kind);
            var text = read.Text(setting);
            if (text.Length == 0)
            {
                continue;
            }

            switch (FaultParser.ParseVariable(schema, text, caps, now))
            {
                case FaultParse.Valid valid:
                    atStart.Add(valid.Switch with { By = $"environment of {identity.Pod}" });
                    break;
                case FaultParse.Invalid invalid:
                    read.Reject(setting, text, string.Join("; ", invalid.Problems));
                    break;
            }
        }

        if (!isEnabled && atStart.Count > 0)
        {
            read.Reject(SettingTable.FaultsEnabled, "false", $"but {FaultSchema.Of(atStart[0].Kind).Variable} is set");
        }

        return new FaultOptions(
            isEnabled, read.Text(SettingTable.FaultToken), ReadSeed(read), caps, atStart.ToImmutable());
    }

    private static int ReadSeed(SettingReader read)
    {
        var text = read.Text(SettingTable.Seed);
        if (text.Length == 0)
        {
            return RandomNumberGenerator.GetInt32(int.MaxValue);
        }

        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed))
        {
            read.Reject(SettingTable.Seed, text, "is not a whole number");
        }

        return seed;
    }
}
