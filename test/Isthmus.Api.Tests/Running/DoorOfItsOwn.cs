namespace Isthmus.Api.Tests.Running;

/// <summary>A door for one test, which moves its clock or its keys.</summary>
internal sealed class DoorOfItsOwn : IAsyncDisposable
{
    private RunningDoor? door;

    public async Task<RunningDoor> OpenAsync(RunningDoor? made = null)
    {
        door = made ?? new RunningDoor();
        await door.InitializeAsync();
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        if (door is not null)
        {
            await door.DisposeAsync();
        }
    }
}
