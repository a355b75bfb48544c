using System.Globalization;
using System.Text;

namespace Isthmus.Hl7v2.Tests;

/// <summary>What is eight times as long takes eight times the work, counted in steps, since a clock tells of the machine.</summary>
public sealed class LinearWork
{
    private const int Few = 1_000;
    private const int Many = 8_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Repetitions_written_in_their_order_are_not_searched_for_one_by_one(int components) =>
        Assert.True(Written(Many, components) <= 2 * Many / Few * Math.Max(Written(Few, components), Few));

    [Fact]
    public void Places_in_a_field_of_many_repetitions_are_named_without_walking_it_again_for_each() =>
        Assert.True(Located(Many) <= 2 * Many / Few * Located(Few));

    [Fact]
    public void A_place_is_the_same_in_whatever_order_places_are_asked_for()
    {
        var message = Message(200);
        var forwards = Places(message, Enumerable.Range(0, message.Raw.Length));
        var backwards = Places(Message(200), Enumerable.Range(0, message.Raw.Length).Reverse());

        backwards.Reverse();
        Assert.Equal(forwards, backwards);
        Assert.Contains("PID-3[200].4", string.Join(' ', forwards), StringComparison.Ordinal);
    }

    private static long Written(int count, int components)
    {
        var segment = new Hl7MessageBuilder().Segment("PID");
        for (var repetition = 1; repetition <= count; repetition++)
        {
            for (var component = 1; component <= components; component++)
            {
                segment.Set(3, repetition, component, repetition.ToString(CultureInfo.InvariantCulture));
            }
        }

        return segment.Work;
    }

    private static long Located(int count)
    {
        var message = Message(count);
        _ = Places(message, Enumerable.Range(0, message.Raw.Length).Where(at => message.Raw.Span[at] == (byte)'A'));
        return message.Index.Located;
    }

    private static List<string> Places(Hl7Message message, IEnumerable<int> offsets) => [.. offsets.Select(offset => message.Locate(offset).ToString())];

    private static Hl7Message Message(int repetitions) =>
        Hl7Message.Parse(Encoding.ASCII.GetBytes(
            $"MSH|^~\\&|L|H|||20260101||ADT^A08|1|P|2.5.1\rPID|1||{string.Join('~', Enumerable.Range(0, repetitions).Select(i => $"{i}^^^A&B^MR"))}||Sample\r")).Message!;
}
