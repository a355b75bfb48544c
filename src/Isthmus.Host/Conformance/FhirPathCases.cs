using System.CommandLine;
using System.Text.Json;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Host.Terminal;

namespace Isthmus.Host.Conformance;

/// <summary><c>isthmus conformance fhirpath</c>: the official FHIRPath cases, what each expression gives or the rule that it breaks.</summary>
internal static class FhirPathCases
{
    public static Command Create(Option<bool> json)
    {
        var cases = CaseFile.Argument();
        var answers = CaseFile.Out();
        var command = new Command("fhirpath", "Evaluate the expression of each case.") { cases, answers, json };
        command.SetAction(parsed =>
        {
            var file = new CaseFile(parsed.GetRequiredValue(cases));
            var inputs = new Dictionary<string, FhirReadResult>(StringComparer.Ordinal);
            var context = FhirPathSurroundings.Of(DefinitionSet.R4);
            var count = file.Answer(parsed.GetRequiredValue(answers), one => Answer(one, Input(file, inputs, one), context));
            if (parsed.GetValue(json))
            {
                Output.Json(new { cases = count });
            }

            return 0;
        });
        return command;
    }

    /// <summary>Types are checked wherever the type of the input is known; a case in strict mode is checked strictly.</summary>
    private static object Answer(JsonElement one, FhirReadResult? input, FhirPathContext context)
    {
        var id = one.GetProperty("id").GetString();
        if (input?.Fault is { } unreadable)
        {
            return new { id, error = unreadable.Rule };
        }

        var resource = input?.Root ?? default;
        var compiled = FhirPath.Compile(one.GetProperty("expression").GetString()!);
        if (compiled.Expression is not { } expression)
        {
            return new { id, error = compiled.Fault!.Rule };
        }

        if (resource.ResourceType is { } type && expression.Check(type, Text(one, "mode") == "strict") is [var mismatch, ..])
        {
            return new { id, error = mismatch.Rule };
        }

        var result = expression.Evaluate(resource, context);
        if (result.Fault is { } fault)
        {
            return new { id, error = fault.Rule };
        }

        return one.TryGetProperty("predicate", out var predicate) && predicate.ValueKind == JsonValueKind.True
            ? new { id, outputs = new[] { new { type = "boolean", value = AsPredicate(result) ? "true" : "false" } } }
            : new { id, outputs = result.Items.ToArray().Select(item => new { type = TypeOf(item), value = ValueOf(item) }) };
    }

    /// <summary>A boolean's value; of anything else, whether there is any.</summary>
    private static bool AsPredicate(FhirPathResult result) => result.Count == 1 ? result[0].AsBoolean() ?? true : result.Count > 0;

    /// <summary>System types are called like FHIR's in the cases; Quantity is the same in both.</summary>
    private static string TypeOf(FhirPathValue item) =>
        item.IsElement || item.Kind == PathKind.Quantity ? item.TypeName : char.ToLowerInvariant(item.TypeName[0]) + item.TypeName[1..];

    private static string ValueOf(FhirPathValue item) =>
        item.AsLiteral() ?? (item.Kind == PathKind.Element ? System.Text.Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(item.Element)) : "");

    /// <summary>The resource of a case: inline, in a file, or none.</summary>
    private static FhirReadResult? Input(CaseFile file, Dictionary<string, FhirReadResult> inputs, JsonElement one)
    {
        if (one.TryGetProperty("resource", out var inline) && inline.ValueKind == JsonValueKind.Object)
        {
            return FhirJsonReader.Read(System.Text.Encoding.UTF8.GetBytes(inline.GetRawText()));
        }

        if (Text(one, "file") is not { } path)
        {
            return null;
        }

        if (!inputs.TryGetValue(path, out var read))
        {
            read = FhirJsonReader.Read(File.ReadAllBytes(file.PathOf(path)));
            inputs.Add(path, read);
        }

        return read;
    }

    private static string? Text(JsonElement one, string name) =>
        one.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.String ? property.GetString() : null;
}
