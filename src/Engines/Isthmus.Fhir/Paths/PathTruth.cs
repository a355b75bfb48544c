namespace Isthmus.Fhir.Paths;

/// <summary>What an expression taken as a condition comes to.</summary>
public enum PathTruth : byte
{
    False,
    True,

    /// <summary>The expression gave nothing: it can be said neither that the condition holds nor that it does not.</summary>
    Empty,

    /// <summary>The expression could not be evaluated.</summary>
    Fault,
}
