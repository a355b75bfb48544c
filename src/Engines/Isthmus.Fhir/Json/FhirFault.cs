using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>Why bytes were refused: a stable rule id, where, and one sentence. Never the value itself, which may be PHI.</summary>
public sealed record FhirFault(string Rule, JsonPosition Position, string Message);

/// <summary>A tape, or the fault that prevented it. Exactly one of the two is set.</summary>
public sealed record FhirReadResult(FhirTape? Tape, FhirFault? Fault)
{
    public FhirElement Root => Tape?.Root ?? default;

    public override string ToString() => Fault is null ? $"FhirReadResult({Tape})" : $"FhirReadResult({Fault.Rule})";
}
