using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// Codings into the three places of CWE. The coding that a sender of v2 used is preferred: one that only a table of the other direction
/// made is left out, because that direction makes it again, or is turned back into the code that it was made from.
/// </summary>
internal static class ReverseCodings
{
    /// <summary>Code, text, coding system and its version in each place of CWE (HL7 v2.7 §2.A.13).</summary>
    private static readonly (int Code, int Text, int System, int Version)[] Slots = [(1, 2, 3, 7), (4, 5, 6, 8), (10, 11, 12, 13)];

    public static void Several(ReverseRun run, in Given given)
    {
        var slot = 0;
        for (var i = 0; i < given.Items.Length; i++)
        {
            var coding = given.Items[i].Element;
            var next = i + 1 < given.Items.Length ? given.Items[i + 1].Element : default;
            if (given.Vocabulary is { } vocabulary && MadeFrom(run, vocabulary, coding, next, slot))
            {
                ReadParts(run, coding);
                continue;
            }

            if (slot == Slots.Length)
            {
                run.Leave(coding);
                continue;
            }

            Write(run, given, coding, Slots[slot++]);
        }
    }

    public static void Single(ReverseRun run, in Given given) => Write(run, given, given.Item.Element, Slots[0]);

    /// <summary>A Coding's code alone, for IS and ID: a table of HL7's is the field's own, any other system is lost.</summary>
    public static void Code(ReverseRun run, in Given given)
    {
        var coding = given.Item.Element;
        if (given.Target() is { } at)
        {
            var system = coding["system"u8].AsString();
            var original = given.Vocabulary?.Find(system, coding["code"u8].AsString());
            if (!run.Write(at, original ?? coding["code"u8].Text, coding["code"u8]))
            {
                return;
            }

            run.Read(coding["display"u8]);
            if (original is not null || system is null || InverseNames.IsTable(system))
            {
                run.Read(coding["system"u8]);
            }
        }
    }

    /// <summary>A URI as universal id and its type (table 0301).</summary>
    public static void UniversalId(ReverseRun run, in Given given)
    {
        var (_, id, type) = run.Names.Authority(given.Item.AsString(), null, string.Empty);
        if (given.Target() is { } at && given.Target(1) is { } kind && id.Length > 0)
        {
            run.Write(at, id, given.Item.Element);
            run.Write(kind, type, default);
        }
    }

    /// <summary>The name of a coding system.</summary>
    public static void System(ReverseRun run, in Given given)
    {
        if (given.Target() is { } at && given.Item.AsString() is { } uri)
        {
            run.Write(at, run.Names.SystemName(uri, run.Context.Source), given.Item.Element);
        }
    }

    /// <summary>An identifier's system, and what its assigner is called, into the parts of HD.</summary>
    public static void Authority(ReverseRun run, in Given given)
    {
        var isNamed = given.Rule.From.Length > 1;
        var display = isNamed ? run.First(given.Rule.From[1], given.Focus).Element : default;
        var (name, id, type) = run.Names.Authority(given.Item.AsString(), isNamed ? display.AsString() ?? string.Empty : null, run.Context.Source);
        var isSaid = true;
        var parts = (byte[][])[name, id, type];
        for (var part = 0; part < parts.Length; part++)
        {
            isSaid &= parts[part].Length == 0 || (given.Target(part) is { } at && run.Write(at, parts[part], default));
        }

        if (isSaid)
        {
            run.Read(given.Item.Element);
            run.Read(display);
        }
        else if (given.Target(2) is null)
        {
            run.Find(ReverseRules.Depth, given.Item.Element);
        }
    }

    /// <summary>A Quantity's unit as CWE: the code first, the spelling as text where it says something else.</summary>
    public static void Units(ReverseRun run, in Given given)
    {
        var quantity = given.Item.Element;
        FhirElement unit = quantity["unit"u8], code = quantity["code"u8], system = quantity["system"u8];
        if (given.Target() is not { } at)
        {
            run.Find(ReverseRules.Depth, quantity);
            return;
        }

        // The other direction knows a spelling by the unit table; what it would not know by that is named with its system.
        var spelling = unit.Text;
        var known = run.Units.Find(spelling) is { } listed && listed.Code.AsSpan().SequenceEqual(code.Text) && system.TextEquals(listed.System);
        var isSaid = known || !code.Exists
            ? Part(run, at, 1, spelling)
            : Part(run, at, 1, code.Text)
                & Part(run, at, 2, spelling.SequenceEqual(code.Text) ? [] : spelling)
                & Part(run, at, 3, system.AsString() is { } uri ? run.Names.SystemName(uri, run.Context.Source) : []);
        if (isSaid)
        {
            run.Read(unit);
            run.Read(code);
            run.Read(system);
        }
    }

    /// <summary>Whether the vocabulary makes this coding from the next one, which then says it all.</summary>
    private static bool MadeFrom(ReverseRun run, InverseTable vocabulary, FhirElement coding, FhirElement next, int slot)
    {
        if (!next.Exists || vocabulary.Forward.Find(next["code"u8].Text) is not { Code.Length: > 0 } made
            || !coding["code"u8].TextEquals(made.Code) || !coding["system"u8].TextEquals(made.System))
        {
            return false;
        }

        // Of alternates the other direction asks the table only where they claim no system but one of HL7's.
        return slot == 0 || next["system"u8].AsString() is not { } system || run.Names.SystemName(system, run.Context.Source).AsSpan().StartsWith("HL7"u8);
    }

    private static void Write(ReverseRun run, in Given given, FhirElement coding, (int Code, int Text, int System, int Version) slot)
    {
        if (given.Target() is not { } at)
        {
            run.Find(ReverseRules.Depth, coding);
            return;
        }

        var uri = coding["system"u8].AsString();
        var code = coding["code"u8].AsString();
        var name = uri is null ? [] : run.Names.SystemName(uri, run.Context.Source);
        if (given.Vocabulary?.Find(uri, code) is { } original)
        {
            // HL7's own table may be named; another system is the table's, not the sender's.
            name = name.AsSpan().StartsWith("HL7"u8) && coding["code"u8].TextEquals(original) ? name : [];
        }
        else
        {
            original = coding["code"u8].Text.ToArray();
        }

        var isSaid = Part(run, at, slot.Code, original) & Part(run, at, slot.System, name)
            & Part(run, at, slot.Text, coding["display"u8].Text) & Part(run, at, slot.Version, coding["version"u8].Text);
        if (isSaid)
        {
            ReadParts(run, coding);
        }
    }

    /// <summary>What v2 has a component for; an extension, or that a user chose it, is said by others or not at all.</summary>
    private static void ReadParts(ReverseRun run, FhirElement coding)
    {
        run.Read(coding["code"u8]);
        run.Read(coding["system"u8]);
        run.Read(coding["display"u8]);
        run.Read(coding["version"u8]);
    }

    /// <summary>Writes a component or, within one, a sub-component; true if the message says it.</summary>
    private static bool Part(ReverseRun run, in Place at, int number, ReadOnlySpan<byte> text) =>
        text.IsEmpty || (new Target(0, number, 0).Within(at) is { } part && run.Write(part, text, default));
}
