using System.Text;
using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Hl7v2.Tests;

/// <summary>Whatever a frame holds: written back it is the same, and an edit changes what it names and nothing else.</summary>
public class EditsOfAnything
{
    private const int Cases = 5_000;
    private const int Seed = 20260103;

    private static readonly string[] Texts = ["", "plain", "a|b^c~d&e\\f", "one\ntwo", "\"\"", "Grüße 漢字", "#", "$%*!@", "tab\t"];

    [Fact]
    public void On_mutated_messages() => Run(Seed, Cases);

    [LongFact]
    public void On_mutated_messages_without_number() => Run(Environment.TickCount, 40 * Cases);

    private static void Run(int seed, int cases)
    {
        var random = new Random(seed);
        var reader = new Hl7Reader();
        for (var i = 0; i < cases; i++)
        {
            var frame = Encoding.UTF8.GetBytes(AgainstTheOracle.Mutate(AgainstTheOracle.Seeds[i % AgainstTheOracle.Seeds.Length], random));
            if (reader.Read(frame).Message is not { IsSwitched: false } message || frame.AsSpan().IndexOfAny((byte)0x0B, (byte)0x1C) >= 0)
            {
                // What a block character means hangs on what an edit puts behind it.
                continue;
            }

            var editor = new Hl7Editor(message);
            Assert.Equal(frame, editor.ToArray());
            try
            {
                Edit(editor, message, random);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Seed {seed}, case {i}: {JsonSerializer.Serialize(Encoding.UTF8.GetString(frame))} became {JsonSerializer.Serialize(Encoding.UTF8.GetString(editor.ToArray()))}", fault);
            }
        }
    }

    private static void Edit(Hl7Editor editor, Hl7Message message, Random random)
    {
        var text = Texts[random.Next(Texts.Length)];
        var at = random.Next(editor.SegmentCount);
        if (message.Segments[at] is not { HasValidName: true } segment || segment.Is("MSH") || segment.Is("BHS"))
        {
            return;
        }

        var (field, repetition, component, subcomponent) = (random.Next(1, 12), random.Next(1, 4), random.Next(1, 4), random.Next(1, 4));
        var before = Parts(message, at, (field, repetition, component, subcomponent));
        if (!editor.Segment(at).Set(field, repetition, component, subcomponent, text))
        {
            return;
        }

        var edited = Hl7Message.Parse(editor.ToArray()).Message!;
        Assert.Equal(text, edited.Segments[at][field].Repetition(repetition).Component(component).Subcomponent(subcomponent).GetText());
        Assert.Equal(before, Parts(edited, at, (field, repetition, component, subcomponent)));
    }

    /// <summary>Every part that is not empty, the edited one apart, and where it stands.</summary>
    private static List<string> Parts(Hl7Message message, int edited, (int, int, int, int) place)
    {
        var parts = new List<string>();
        foreach (ref readonly var part in message.Parts)
        {
            if (part.Length > 0 && (part.Segment != edited || (part.Field, part.Repetition, part.Component, part.Subcomponent) != place))
            {
                parts.Add($"{part.Segment}-{part.Field}[{part.Repetition}].{part.Component}.{part.Subcomponent} {Encoding.UTF8.GetString(message.Raw.Span.Slice(part.Offset, part.Length))}");
            }
        }

        return parts;
    }
}
