namespace Isthmus.Fhir.Paths;

/// <summary>The collection an expression gave, or why it could not be evaluated; with a fault there are no items.</summary>
public readonly struct FhirPathResult
{
    private readonly FhirPathValue[]? items;

    internal FhirPathResult(FhirPathValue[] items, PathFault? fault)
    {
        this.items = items;
        Fault = fault;
    }

    public PathFault? Fault { get; }

    public int Count => items?.Length ?? 0;

    public FhirPathValue this[int index] => items![index];

    public ReadOnlySpan<FhirPathValue> Items => items;

    public override string ToString() => Fault is null ? $"FhirPathResult({Count} items)" : $"FhirPathResult({Fault.Rule})";
}
