namespace Isthmus.Exchange;

public enum Severity
{
    Information,
    Warning,
    Error,
}

/// <summary>
/// One thing found wrong (or worth knowing) about a message.
/// </summary>
/// <param name="Rule">Stable kebab-case id, e.g. <c>hl7.field.date-invalid</c>.</param>
/// <param name="Location">Where, in the source's own terms, e.g. <c>OBX[3]-14</c> or <c>Patient.birthDate</c>. Never a value.</param>
/// <param name="Text">One constant sentence that helps. Never a value.</param>
public sealed record Finding(string Rule, Severity Severity, string Location, string Text);
