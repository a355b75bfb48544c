using Isthmus.Testing;

namespace Isthmus.Simulators.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Scratch.NewFolder("simulators").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
