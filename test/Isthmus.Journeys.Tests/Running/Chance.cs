using System.Globalization;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>When and whom it hits. The seed is printed; <c>ISTHMUS_TEST_SEED</c> asks for one again.</summary>
internal sealed class Chance
{
    private readonly Random random;

    public Chance(ITestOutputHelper output)
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("ISTHMUS_TEST_SEED"), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : Random.Shared.Next(1, 1 << 16);
        random = new Random(Seed);
        output.WriteLine($"ISTHMUS_TEST_SEED={Seed}");
    }

    public int Seed { get; }

    /// <summary>From one to <paramref name="most"/>.</summary>
    public int UpTo(int most) => random.Next(1, most + 1);

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
