import FarleyKit
import Foundation

#if canImport(EventKit)
  import EventKit
#endif
#if canImport(UserNotifications)
  import UserNotifications
#endif

/// Into the person's own calendar, with leave to write only: nothing of it is read.
@MainActor final class CalendarEvents: CalendarInsert {
  func add(title: String, start: Date, end: Date, place: String) async -> Bool {
    #if canImport(EventKit)
      let store = EKEventStore()
      guard (try? await store.requestWriteOnlyAccessToEvents()) == true else { return false }
      let event = EKEvent(eventStore: store)
      event.title = title
      event.startDate = start
      event.endDate = end
      event.location = place
      event.calendar = store.defaultCalendarForNewEvents
      return (try? store.save(event, span: .thisEvent)) != nil
    #else
      return false
    #endif
  }
}

/// Notices of what is due. iOS keeps them over a restart.
@MainActor final class LocalNotifications: Reminders {
  func allow() async -> Bool {
    #if canImport(UserNotifications)
      (try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])) ?? false
    #else
      false
    #endif
  }

  func plan(_ reminders: [Reminder]) async {
    #if canImport(UserNotifications)
      let center = UNUserNotificationCenter.current()
      center.removeAllPendingNotificationRequests()
      for reminder in reminders {
        let content = UNMutableNotificationContent()
        content.title = reminder.title
        content.body = reminder.text
        content.sound = .default
        let at = Date(timeIntervalSince1970: Double(reminder.at) / 1000)
        let parts = Calendar.current.dateComponents([.year, .month, .day, .hour, .minute], from: at)
        let trigger = UNCalendarNotificationTrigger(dateMatching: parts, repeats: false)
        try? await center.add(UNNotificationRequest(identifier: reminder.id, content: content, trigger: trigger))
      }
    #endif
  }
}
