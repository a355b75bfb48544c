using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Adds the standard coding of a local code behind the original ones. A concept that already has the standard system is left alone;
/// one that the table does not know keeps its codings and makes a finding.
/// </summary>
internal static class LocalCodes
{
    private static readonly int CodingName = FhirNames.IdOf("coding"u8);
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);
    private static readonly int DisplayName = FhirNames.IdOf("display"u8);

    private static ReadOnlySpan<byte> Loinc => "http://loinc.org"u8;

    /// <param name="concept">The CodeableConcept's register.</param>
    /// <param name="value">The CE or CWE it came from: code and system at 1 and 3, alternates at 4 and 6.</param>
    public static void Translate(TranslationRun run, int frame, int concept, CodeTable table, Slice value)
    {
        if (!run.IsMade(frame, concept))
        {
            return;
        }

        var element = run.Ensure(frame, concept);
        foreach (var coding in run.Builder.Element(element)["coding"u8])
        {
            if (coding["system"u8].TextEquals(Loinc))
            {
                return;
            }
        }

        var found = Find(run, table, value, 1) ?? Find(run, table, value, 4);
        if (found is null)
        {
            run.Find(FindingRules.CodeUnmapped.Rule, value, FindingRules.CodeUnmapped.Message, $"codes/{table.Name}");
            return;
        }

        var added = run.Builder.Item(element, CodingName);
        run.Builder.String(added, SystemName, found.System);
        run.Builder.String(added, CodeName, found.Code);
        if (found.Display.Length > 0)
        {
            run.Builder.String(added, DisplayName, found.Display);
        }
    }

    private static Coded? Find(TranslationRun run, CodeTable table, Slice value, int component)
    {
        var code = run.Text.Bytes(run.Text.Innermost(run.Text.Part(value, component)));
        if (code.IsEmpty)
        {
            return null;
        }

        var system = run.Text.Bytes(run.Text.Innermost(run.Text.Part(value, component + 2)));
        Span<byte> key = stackalloc byte[256];
        if (system.Length + 1 + code.Length > key.Length)
        {
            return null;
        }

        system.CopyTo(key);
        key[system.Length] = (byte)'^';
        code.CopyTo(key[(system.Length + 1)..]);
        var whole = key[..(system.Length + 1 + code.Length)];
        return run.Look(table, whole) ?? run.Look(table, whole[system.Length..]);
    }
}
