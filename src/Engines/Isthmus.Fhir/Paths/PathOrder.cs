namespace Isthmus.Fhir.Paths;

/// <summary>Which of two items is the greater (FHIRPath 2.0.0 section 6.2).</summary>
internal static class PathOrder
{
    /// <summary>Less than 0, 0 or more; null where it is left open, or where the types cannot be ordered, which is a fault.</summary>
    public static int? Compare(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        var one = run.Read(left, position);
        var two = run.Read(right, position);
        switch (one.Kind, two.Kind)
        {
            case (PathKind.Integer, PathKind.Integer):
                return one.Whole.CompareTo(two.Whole);
            case (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal):
                return one.AsDecimal()!.Value.CompareTo(two.AsDecimal()!.Value);
            case (PathKind.String, PathKind.String):
                return string.CompareOrdinal((string)one.Reference!, (string)two.Reference!);
            case (PathKind.Time, PathKind.Time):
            case (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime):
                return PathTime.Compare(one.Time, two.Time);
            case (PathKind.Quantity, PathKind.Quantity):
                run.SpendAsking(position);
                return PathQuantity.Compare(one, two);
            case (PathKind.Quantity, PathKind.Integer or PathKind.Decimal):
                return PathQuantity.Compare(one, new FhirPathValue(two.AsDecimal()!.Value, PathUnit.One));
            case (PathKind.Integer or PathKind.Decimal, PathKind.Quantity):
                return PathQuantity.Compare(new FhirPathValue(one.AsDecimal()!.Value, PathUnit.One), two);
            case (PathKind.ElementWithoutValue, _) or (_, PathKind.ElementWithoutValue):
                return null;
            default:
                run.Fail(PathRules.Operand, position);
                return null;
        }
    }

    /// <summary>An order of all items of a kind, for sorting: partial dates by their beginning, foreign units by name.</summary>
    public static int Total(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        var one = run.Read(left, position);
        var two = run.Read(right, position);
        return (one.Kind, two.Kind) switch
        {
            (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime) => one.Time.ToUtc().Ticks.CompareTo(two.Time.ToUtc().Ticks),
            (PathKind.Boolean, PathKind.Boolean) => one.Whole.CompareTo(two.Whole),
            (PathKind.Quantity, PathKind.Quantity) => PathQuantity.Compare(one, two) ?? string.CompareOrdinal(one.Unit, two.Unit),
            _ => Compare(run, one, two, position) ?? 0,
        };
    }
}
