namespace Rollouts.Analysis.Policy;

/// <summary>How the values of fields may be written. What they mean, and their bounds, is the same in both.</summary>
public enum FieldNotation
{
    /// <summary>
    /// Of a template, which can only substitute text, and of a journal's line: numbers and truths may be texts, a list
    /// of one its item, seconds fractions, and <c>metrics</c> names alone or an object by name.
    /// </summary>
    Free,

    /// <summary>
    /// Of the custom resource's schema: fractions are texts, seconds whole numbers, lists are lists of objects.
    /// </summary>
    Schema,
}
