namespace Rollouts.AnalysisController.Journal;

/// <param name="Folder">Where the files are; made when it is not there.</param>
/// <param name="MostBytes">Of all files together, before a new one is begun: the oldest go first.</param>
internal sealed record JournalOptions(string Folder, long MostBytes);
