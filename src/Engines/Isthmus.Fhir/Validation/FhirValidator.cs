using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Walk;

namespace Isthmus.Fhir.Validation;

/// <summary>
/// Validates resources against FHIR R4, the profiles they claim and the profiles that are asked for. One validator per
/// <see cref="DefinitionSet"/>, compiled as types and profiles are met; any number of threads may use it.
/// What cannot be verified, such as a code of an unknown system or a reference that leads outside, is warned of and is no error.
/// </summary>
public sealed class FhirValidator
{
    /// <summary>A tape of more nodes (36 bytes each) is not kept for the next document.</summary>
    private const int MostNodesKept = 64 * 1024;

    [ThreadStatic]
    private static FhirTape? spare;

    private readonly ValidationGround ground;

    private FhirValidator(DefinitionSet definitions) => ground = new ValidationGround(definitions);

    /// <summary>The validator of a set of definitions.</summary>
    public static FhirValidator For(DefinitionSet definitions) => definitions.Cached(set => new FhirValidator(set));

    /// <summary>Reads and validates. Text that is no resource is one finding with the reader's rule.</summary>
    public ValidationResult Validate(ReadOnlyMemory<byte> json, ValidationOptions? options = null)
    {
        var tape = spare;
        spare = null;
        var read = FhirJsonReader.Read(json, into: tape);
        var result = read.Fault is { } fault
            ? new ValidationResult([new Finding(ReaderRules.Of(fault.Rule, fault.Message), "", fault.Position, fault.Message, null)])
            : Validate(read.Root, options);
        Keep(read.Tape ?? tape);
        return result;
    }

    /// <summary>Keeps the tape's memory for the thread's next document, and nothing of what was on it.</summary>
    private static void Keep(FhirTape? tape)
    {
        if (tape?.Nodes.Length <= MostNodesKept)
        {
            tape.Begin([], 0);
            spare = tape;
        }
    }

    /// <summary>Validates a resource that was read or built.</summary>
    public ValidationResult Validate(FhirElement resource, ValidationOptions? options = null)
    {
        if (!resource.Exists)
        {
            return new ValidationResult([new Finding(ReaderRules.Of(JsonRules.NotAResource.Rule, JsonRules.NotAResource.Message), "", default, JsonRules.NotAResource.Message, null)]);
        }

        options ??= ValidationOptions.Default;
        var log = new FindingLog(resource.Tape!, options.MaxFindings, options.StopAtFirstError, options.LeastSeverity);
        new ResourceWalk(ground, resource.Tape!, log, options.Mode == ValidationMode.Full, options.Now).Run(resource.Index, options.Profiles);
        return new ValidationResult(log.ToFindings());
    }
}
