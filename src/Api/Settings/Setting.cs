namespace Rollouts.Api.Settings;

/// <summary>One variable of the environment, or key of appsettings.json. An empty default means: not set.</summary>
/// <param name="Unit">What a value is: a unit, a form or the words it may be.</param>
internal sealed record Setting(string Name, string Default, string Unit, string Meaning);
