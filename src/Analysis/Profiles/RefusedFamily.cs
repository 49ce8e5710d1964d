namespace Rollouts.Analysis.Profiles;

/// <summary>A family that counts requests of which nothing can be judged.</summary>
public sealed record RefusedFamily(string Name, string Requests, string Reason, string Message);
