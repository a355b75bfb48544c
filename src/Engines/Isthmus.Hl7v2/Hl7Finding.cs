namespace Isthmus.Hl7v2;

/// <summary>How much a finding costs.</summary>
public enum Hl7Severity
{
    /// <summary>Odd, and read without loss.</summary>
    Warning,

    /// <summary>The message is damaged; what could be read was read.</summary>
    Error,

    /// <summary>There is no message to work with.</summary>
    Fatal,
}

/// <summary>One fault of a message: what, where, how bad. Never holds a value of the message.</summary>
/// <param name="RuleId">Stable id, one of <see cref="Hl7Rules"/>.</param>
/// <param name="Offset">Byte offset in the frame as received, or in the UTF-8 form where the frame was in another charset.</param>
/// <param name="Text">One constant sentence.</param>
public readonly record struct Hl7Finding(
    string RuleId, Hl7Severity Severity, Hl7Location Location, int Offset, string Text)
{
    public override string ToString() => $"{RuleId} at {Location}: {Text}";
}
