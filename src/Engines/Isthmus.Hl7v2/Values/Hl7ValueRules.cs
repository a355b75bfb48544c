namespace Isthmus.Hl7v2;

/// <summary>The rules a single value can break, with their sentences.</summary>
public static class Hl7ValueRules
{
    public const string DateTimeForm = "hl7.date-time.form-invalid";
    public const string DateTimeRange = "hl7.date-time.range-invalid";
    public const string DstAmbiguous = "hl7.date-time.dst-ambiguous";
    public const string DstSkipped = "hl7.date-time.dst-skipped";
    public const string NumberForm = "hl7.number.form-invalid";

    /// <summary>The sentence of a rule. Unknown ids answer themselves, so that a newer id still shows.</summary>
    public static string Text(string ruleId) => ruleId switch
    {
        DateTimeForm => "The value is not of the form YYYY[MM[DD[HH[MM[SS[.SSSS]]]]]][+/-ZZZZ].",
        DateTimeRange => "The value names no day or time of the calendar.",
        DstAmbiguous => "This hour comes twice at the end of summer time and no zone was sent; standard time was taken.",
        DstSkipped => "This hour is skipped at the start of summer time and no zone was sent; standard time was taken.",
        NumberForm => "The value is not a plain number; put comparators and commas into other types (SN).",
        _ => ruleId,
    };
}
