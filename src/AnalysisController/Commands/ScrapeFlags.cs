using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The options that say how pods are reached, for every verb that scrapes.</summary>
internal static class ScrapeFlags
{
    /// <summary>A body takes so many times its size: buffers that double, and what is read of them.</summary>
    private const int MemoryOfOneBody = 16;

    private const string BodyLimitName = "--scrape-body-limit";

    private const string MemoryLimitName = "--scrape-memory-limit";

    private const string CaFileName = "--scrape-ca-file";

    private const string PinnedName = "--scrape-pinned-certificate";

    private const string InsecureName = "--scrape-insecure-skip-verify";

    private const string TokenName = "--scrape-bearer-token-file";

    private const string ServerNameName = "--scrape-server-name";

    private static readonly ScrapeLimits Default = new();

    private static readonly Option<TimeSpan?> ScrapeTimeout = Bounded(
        "--scrape-timeout",
        "DURATION",
        "How long one scrape of one pod may take, from the request to the last byte.",
        "3s",
        DurationText.Parse,
        "100ms",
        "60s"
    );

    private static readonly Option<long?> BodyLimit = Bounded(
        BodyLimitName,
        "SIZE",
        "Largest body that is read, inflated.",
        "16Mi",
        ByteQuantity.Parse,
        "1Ki",
        "256Mi"
    );

    private static readonly Option<int?> SampleLimit = Count(
        "--scrape-sample-limit",
        "Most samples of one scrape.",
        Default.Samples,
        10_000_000
    );

    private static readonly Option<int?> LabelLimit = Count(
        "--scrape-label-limit",
        "Most labels of one sample.",
        Default.Labels,
        1_000
    );

    private static readonly Option<long?> LabelValueLimit = Bounded(
        "--scrape-label-value-limit",
        "SIZE",
        "Longest value of a label, in bytes.",
        "4Ki",
        ByteQuantity.Parse,
        "1",
        "1Mi"
    );

    private static readonly Option<int?> Concurrency = Count(
        "--scrape-concurrency",
        "Pods that are asked at the same time.",
        Default.Concurrency,
        1_024
    );

    private static readonly Option<long?> MemoryLimit = Bounded(
        MemoryLimitName,
        "SIZE",
        "What all scrapes together may hold at a time: bodies, and what was read of them.",
        "256Mi",
        ByteQuantity.Parse,
        "1Mi",
        "64Gi"
    );

    private static readonly Option<TrustedRoots?> CaFile = new(CaFileName)
    {
        HelpName = "FILE",
        Description = "PEM file of the roots that pods' certificates are checked against. Default: the system's.",
        CustomParser = ParseRoots,
    };

    private static readonly Option<string?> ServerName = new(ServerNameName)
    {
        HelpName = "NAME",
        Description = "Name that pods' certificates must carry. Default: the pod's address.",
    };

    private static readonly Option<string[]> Pinned = new(PinnedName)
    {
        HelpName = "SHA256",
        Description = "SHA-256 of the one certificate that pods may show, in hex; repeat it for more than one.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Insecure = new(InsecureName)
    {
        Description = "Accept any certificate of a pod.",
    };

    private static readonly Option<string?> TokenFile = new(TokenName)
    {
        HelpName = "FILE",
        Description = "File with a bearer token to send to pods; read anew for each scrape.",
    };

    private static readonly ChoiceOption<ScrapeVia> Via = new(
        ScrapeVia.Pod,
        "pod: straight to the pod's address; apiserver: through the API server's pod proxy.",
        "--scrape-via"
    );

    public static void AddTo(Command command)
    {
        Option[] options =
        [
            ScrapeTimeout, BodyLimit, SampleLimit, LabelLimit, LabelValueLimit, Concurrency, MemoryLimit,
            CaFile, ServerName, Pinned, Insecure, TokenFile, Via,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(CheckTogether);
    }

    public static ScrapeOptions Read(ParseResult arguments) =>
        new()
        {
            Limits = new ScrapeLimits
            {
                Timeout = arguments.GetValue(ScrapeTimeout) ?? Default.Timeout,
                BodyBytes = (int)(arguments.GetValue(BodyLimit) ?? Default.BodyBytes),
                Samples = arguments.GetValue(SampleLimit) ?? Default.Samples,
                Labels = arguments.GetValue(LabelLimit) ?? Default.Labels,
                LabelValueBytes = (int)(arguments.GetValue(LabelValueLimit) ?? Default.LabelValueBytes),
                Concurrency = arguments.GetValue(Concurrency) ?? Default.Concurrency,
                MemoryBytes = arguments.GetValue(MemoryLimit) ?? Default.MemoryBytes,
            },
            Trust = arguments.GetValue(Insecure) ? new ScrapeTrust.Anyone()
                : arguments.GetValue(Pinned) is [_, ..] pins ? new ScrapeTrust.Pinned([.. pins.Select(Hex)])
                : new ScrapeTrust.Roots(arguments.GetValue(CaFile), arguments.GetValue(ServerName)),
            BearerTokenFile = arguments.GetValue(TokenFile),
            Via = Via.Read(arguments),
        };

    private static void CheckTogether(CommandResult command)
    {
        var body = Given(command, BodyLimit) ?? Default.BodyBytes;
        var memory = Given(command, MemoryLimit) ?? Default.MemoryBytes;
        if (memory < MemoryOfOneBody * body)
        {
            command.AddError(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{MemoryLimitName} is {memory} bytes and {BodyLimitName} {body}: want at least "
                        + $"{MemoryOfOneBody} times as much memory as the largest body"
                )
            );
        }

        foreach (var pin in command.GetValue(Pinned) ?? [])
        {
            if (Hex(pin) is not { Length: 2 * SHA256.HashSizeInBytes } digits || !digits.All(char.IsAsciiHexDigit))
            {
                command.AddError($"{PinnedName} '{pin}': want the 64 hex digits of a SHA-256, with or without colons");
            }
        }

        string[] trust = [.. new[] { CaFileName, PinnedName, InsecureName }.Where(name => IsGiven(command, name))];
        if (trust.Length > 1)
        {
            command.AddError($"{string.Join(" and ", trust)}: want one of them");
        }

        if (IsGiven(command, ServerNameName) && trust is [PinnedName or InsecureName])
        {
            command.AddError($"{ServerNameName} has no effect with {trust[0]}");
        }

        if (command.GetValue(Via) == ScrapeVia.ApiServer)
        {
            foreach (var name in trust.Append(ServerNameName).Append(TokenName).Where(name => IsGiven(command, name)))
            {
                command.AddError(
                    $"{name} has no effect with --scrape-via apiserver: the API server connects to the pod by itself"
                );
            }
        }

        if (command.GetValue(TokenFile) is { } file && !File.Exists(file))
        {
            command.AddError($"{TokenName} '{file}': no such file");
        }
    }

    private static bool IsGiven(CommandResult command, string name) =>
        command.Children.OfType<OptionResult>().Any(option => option.Option.Name == name && !option.Implicit);

    private static long? Given(CommandResult command, Option<long?> option)
    {
        try
        {
            return command.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            // What was given is wrong by itself, and the option says so.
            return null;
        }
    }

    private static string Hex(string pin) =>
        pin.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();

    private static TrustedRoots? ParseRoots(ArgumentResult argument)
    {
        var file = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        try
        {
            return new TrustedRoots(file);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            argument.AddError($"{CaFileName} '{file}': {e.Message}");
            return null;
        }
    }

    private static Option<int?> Count(string name, string description, int defaultValue, int most) =>
        Bounded<int>(
            name,
            "N",
            description,
            defaultValue.ToString(CultureInfo.InvariantCulture),
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null,
            "1",
            most.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>An option whose value is read by one function, as its default and its bounds are.</summary>
    private static Option<T?> Bounded<T>(
        string name,
        string helpName,
        string description,
        string defaultText,
        Func<string, T?> parse,
        string least,
        string most
    )
        where T : struct, IComparable<T>
    {
        var (from, to) = (parse(least)!.Value, parse(most)!.Value);
        return new Option<T?>(name)
        {
            Description = $"{description} {least} to {most}; default {defaultText}.",
            HelpName = helpName,
            CustomParser = argument =>
            {
                var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
                if (parse(text) is { } value && value.CompareTo(from) >= 0 && value.CompareTo(to) <= 0)
                {
                    return value;
                }

                argument.AddError($"{name} '{text}': want {least} to {most}, such as {defaultText}");
                return null;
            },
        };
    }
}
