from django.urls import path

from ruptures.views import cases, episodes, repairs, reports, reviews, rules, today, together

urlpatterns = [
    path("", today.today, name="today"),
    path("clients/", cases.client_list, name="client_list"),
    path("clients/<uuid:key>/", cases.client_detail, name="client_detail"),
    path("clients/<uuid:key>/strain/", episodes.episode_create, name="episode_create"),
    path("strains/<uuid:key>/", episodes.episode_detail, name="episode_detail"),
    path("strains/<uuid:key>/confirm/", episodes.episode_confirm, name="episode_confirm"),
    path("strains/<uuid:key>/steps/", repairs.repair_step_create, name="repair_step_create"),
    path("strains/<uuid:key>/settled/", episodes.episode_settle, name="episode_settle"),
    path(
        "strains/<uuid:key>/record/<slug:part>/",
        repairs.repair_record_edit,
        name="repair_record_edit",
    ),
    path(
        "strains/<uuid:key>/generalisations/",
        repairs.generalisation_create,
        name="generalisation_create",
    ),
    path(
        "strains/<uuid:key>/supervision/",
        episodes.episode_supervision,
        name="episode_supervision",
    ),
    path("strains/<uuid:key>/close/", episodes.episode_close, name="episode_close"),
    path("strains/<uuid:key>/new-level/", episodes.episode_new_level, name="episode_new_level"),
    path("strains/<uuid:key>/reopen/", episodes.episode_reopen, name="episode_reopen"),
    path("strains/<uuid:key>/dismiss/", episodes.episode_dismiss, name="episode_dismiss"),
    path("strains/<uuid:key>/comments/", reviews.comment_create, name="comment_create"),
    path("rate/together/", together.rating_look, name="rating_look"),
    path(
        "sessions/<uuid:key>/together/",
        together.therapy_session_look,
        name="therapy_session_look",
    ),
    path("queue/", reviews.review_queue, name="review_queue"),
    path("strains/<uuid:key>/acknowledge/", reviews.review_acknowledge, name="review_acknowledge"),
    path("strains/<uuid:key>/resolve/", reviews.review_resolve, name="review_resolve"),
    path("trend/", reports.weekly_report_list, name="weekly_report_list"),
    path("trend/now/", reports.weekly_report_now, name="weekly_report_now"),
    path("trend/mail/", reports.weekly_mail_edit, name="weekly_mail_edit"),
    path("trend/mail/test/", reports.weekly_mail_try, name="weekly_mail_try"),
    path("trend/events/", reports.team_event_create, name="team_event_create"),
    path("trend/events/<uuid:key>/remove/", reports.team_event_remove, name="team_event_remove"),
    path("trend/<str:week>/", reports.weekly_report_detail, name="weekly_report_detail"),
    path("rules/", rules.rule_list, name="rule_list"),
]
